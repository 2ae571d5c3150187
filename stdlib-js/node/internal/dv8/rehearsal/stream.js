// Readables, transforms and writables behind each other.
'use strict';

const { Readable, Transform, Writable, pipeline } = require('stream');

const upper = () => new Transform({ transform(chunk, encoding, callback) { callback(null, `${chunk}`.toUpperCase()); } });
const sink = () => new Writable({ write(chunk, encoding, callback) { callback(); } });

exports.run = ({ settle }) => {
  pipeline(Readable.from(['a', 'b']), upper(), sink(), () => {});
  settle();
  const readable = new Readable({ read() {} });
  readable.pipe(upper()).pipe(sink());
  readable.push('a');
  readable.push(null);
  settle();
  (async () => {
    for await (const chunk of Readable.from(['a'])) continue;
  })();
  settle();
};
