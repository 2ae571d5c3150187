// node:http2: names only, so that programs that import it in passing can be packed.
import { notSupportedAll, notSupportedClass } from '../internal/not_supported.js';
import stream from './stream.js';

export default {
  ...notSupportedAll('node:http2', 'connect createSecureServer createServer getDefaultSettings getPackedSettings getUnpackedSettings ' +
    'performServerHandshake'),
  Http2ServerRequest: notSupportedClass('node:http2', 'Http2ServerRequest', stream.Readable),
  Http2ServerResponse: notSupportedClass('node:http2', 'Http2ServerResponse', stream.Stream),
  constants: {},
  sensitiveHeaders: Symbol('sensitiveHeaders'),
};
