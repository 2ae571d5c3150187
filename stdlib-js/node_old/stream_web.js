// node:stream/web.
import compression from '../web/compression.js';
import streams from '../web/streams.js';

export default { ...streams, ...compression };
