// What most programs want of crypto: digests, MACs and random numbers.
'use strict';

const crypto = require('crypto');

exports.run = () => {
  crypto.createHash('sha256').update('rehearsal').update(Buffer.from('rehearsal')).digest('hex');
  crypto.createHash('md5').update('rehearsal').digest();
  crypto.createHmac('sha256', 'key').update('rehearsal').digest('base64');
  crypto.randomBytes(16);
  crypto.randomUUID();
};
