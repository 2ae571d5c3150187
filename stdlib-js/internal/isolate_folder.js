// A folder of the disk as an accessor of files for isolates: what is outside of it cannot be named.
import { Folder } from 'internal:isolate_folder';
import { decode, encode } from 'internal:buffer';
import {
  close, fstat, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY, read, write,
} from 'internal:dv8_system';

const UTF8 = 0;
const MODE = 1; // Of the numbers of fstat().
const SIZE = 7;
const S_IFMT = 0o170000n;
const S_IFDIR = 0o040000n;
const S_IFREG = 0o100000n;
const NAMES = { 2: 'NOT_FOUND', 13: 'NO_ACCESS', 17: 'EXISTS', 18: 'NOT_FOUND', 20: 'NOT_FOUND', 21: 'NOT_A_FILE', 39: 'NOT_EMPTY', 40: 'NOT_FOUND' };

function checked(result) {
  if (typeof result === 'number' && result < 0) throw new Error(NAMES[-result] ?? `ERROR_${-result}`);
  return result;
}

function relative(path) { return path.split('/').filter((part) => part !== '').join('/') || '.'; }

function withFile(folder, path, flags, use) {
  const fd = checked(folder.open(relative(path), flags));
  try {
    const numbers = new BigInt64Array(13);
    checked(fstat(fd, numbers));
    return use(fd, numbers[MODE] & S_IFMT, Number(numbers[SIZE]));
  } finally {
    close(fd);
  }
}

const O_NONBLOCK = 0o4000; // A pipe without a writer is not waited for.

const READING = {
  __proto__: null,
  stat: (folder, { path }) => withFile(folder, path, O_RDONLY | O_NONBLOCK, (fd, type, size) => (
    { type: type === S_IFDIR ? 'directory' : 'file', size: type === S_IFDIR ? 0 : size })),
  readFile: (folder, { path, encoding = 'utf8' }) => withFile(folder, path, O_RDONLY | O_NONBLOCK, (fd, type, size) => {
    if (type !== S_IFREG) throw new Error('NOT_A_FILE');
    const bytes = new Uint8Array(size);
    let done = 0;
    while (done < size) {
      const count = checked(read(fd, bytes.subarray(done), done));
      if (count === 0) break;
      done += count;
    }
    return encoding === 'utf8' ? decode(bytes, 0, done, UTF8) : bytes.buffer.slice(0, done);
  }),
  list: (folder, { path }) => checked(folder.list(relative(path))),
};

const WRITING = {
  __proto__: null,
  ...READING,
  writeFile: (folder, { path, data }) => withFile(folder, path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, (fd) => {
    const bytes = new Uint8Array(data instanceof ArrayBuffer ? data : encode(`${data}`, UTF8));
    for (let done = 0; done < bytes.length;) done += checked(write(fd, bytes.subarray(done), done));
  }),
  mkdir: (folder, { path }) => { checked(folder.makeFolder(relative(path))); },
  remove: (folder, { path }) => { checked(folder.remove(relative(path))); },
};

/** What `system.fs.current` is for an isolate that sees the folder at `path`, and nothing else. */
export function folderAccess(path, isReadOnly) {
  const folder = new Folder(path);
  const actions = isReadOnly ? READING : WRITING;
  return (options) => {
    const { path: name, action } = Object(options);
    if (typeof name !== 'string') throw new Error('NO_PATH');
    if (typeof action !== 'string') throw new Error('NO_ACTION');
    if (actions[action] === undefined) throw new Error('UNKNOWN_ACTION');
    return actions[action](folder, options);
  };
}
