// There and back, at once and later.
'use strict';

const zlib = require('zlib');

exports.run = ({ settle }) => {
  zlib.gunzipSync(zlib.gzipSync('rehearsal'));
  zlib.inflateSync(zlib.deflateSync(Buffer.from('rehearsal')));
  zlib.gzip('rehearsal', (error, bytes) => { zlib.gunzip(bytes, () => {}); });
  settle();
};
