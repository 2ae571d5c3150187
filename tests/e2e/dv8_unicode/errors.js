const u = library('unicode', {});
const fails = (f) => {
  try {
    f();
    console.log('no error');
  } catch (e) {
    console.log(`${e.name}: ${e.message}`);
  }
};
const b = (...x) => new Uint8Array(x),
  fatal = { fatal: true };
fails(() => u.normalize('a', 'NFX'));
fails(() => u.normalize(5));
fails(() => u.segment('a', 'line'));
fails(() => u.toLowerCase('a', '!'));
fails(() => u.transcode('a', 'utf8', 'latin1'));
fails(() => u.transcode(b(1), 'utf8', 'koi8-r'));
fails(() => u.transcode(b(0xff), 'utf8', 'utf16le', fatal));
fails(() => u.transcode(b(0xe2, 0x82, 0xac), 'utf8', 'latin1', fatal));
fails(() => u.transcode(b(0, 0xd8), 'utf16le', 'utf8', fatal));
fails(() => u.transcode(b(1), 'utf16le', 'utf8', fatal));
fails(() => u.transcode(b(200), 'ascii', 'utf8', fatal));
