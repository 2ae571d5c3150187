// There and back at once: what is done on threads answers later than a snapshot can wait.
'use strict';

const zlib = require('zlib');

exports.run = () => {
  zlib.gunzipSync(zlib.gzipSync('rehearsal'));
  zlib.inflateSync(zlib.deflateSync(Buffer.from('rehearsal')));
};
