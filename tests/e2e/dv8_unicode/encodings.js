const u = library('unicode', {});
const fails = (f) => {
  try {
    f();
    console.log('no error');
  } catch (e) {
    console.log(`${e.name}: ${e.message}`);
  }
};
const [, , text, ...names] = args;
const utf8 = new TextEncoder().encode(text);
for (const name of names)
  console.log(
    Buffer.from(u.transcode(utf8, 'utf8', name)).toString('hex'),
    Buffer.from(u.transcode(u.transcode(utf8, 'utf8', name), name, 'utf8')).toString() === text,
  );
console.log(
  u.transcode(utf8, 'utf8', 'latin1').join(),
  u.transcode(utf8, 'utf8', 'ascii').join(),
  u.transcode(new Uint8Array([0xff]), 'utf8', 'utf16le').join(),
  u.transcode(new Uint8Array([0, 0xd8]), 'utf16le', 'utf8').join(),
);
