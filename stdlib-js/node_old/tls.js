// node:tls: names only, so that programs that import it in passing can be packed.
import { notSupportedAll, notSupportedClass } from '../internal/not_supported.js';
import net from './net.js';

export default {
  ...notSupportedAll('node:tls', 'SecureContext checkServerIdentity connect convertALPNProtocols createSecureContext createServer ' +
    'getCACertificates getCertificateCompressionAlgorithms getCiphers setDefaultCACertificates'),
  CLIENT_RENEG_LIMIT: 3,
  CLIENT_RENEG_WINDOW: 600,
  DEFAULT_CIPHERS: 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:' +
    'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:' +
    'ECDHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA256:' +
    'DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA',
  DEFAULT_ECDH_CURVE: 'auto',
  DEFAULT_MAX_VERSION: 'TLSv1.3',
  DEFAULT_MIN_VERSION: 'TLSv1.2',
  Server: notSupportedClass('node:tls', 'Server', net.Server),
  TLSSocket: notSupportedClass('node:tls', 'TLSSocket', net.Socket),
  rootCertificates: [],
};
