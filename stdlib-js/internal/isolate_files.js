// The files that isolates see: those embedded in the executable, by their virtual paths.
import * as assets from 'internal:assets';
import { decode } from 'internal:buffer';
import { text } from 'internal:program';

const UTF8 = 0;

/** The absolute path of `path`, which begins at the folder `root`. @throws {Error} NOT_FOUND */
export function resolve(root, path) {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new Error('NOT_FOUND');
  return [root, ...parts].join('/');
}

// The paths of files below a folder, from there.
function below(folder) {
  const paths = [];
  for (let i = 0; i < assets.count(); i++) {
    const path = assets.path(i);
    if (path.startsWith(`${folder}/`)) paths.push(path.slice(folder.length + 1));
  }
  return paths;
}

// The number of a file; undefined for a folder.
function find(path) {
  const index = assets.count() > 0 ? assets.find(path) : -1;
  if (index >= 0) return index;
  if (below(path).length === 0) throw new Error('NOT_FOUND');
  return undefined;
}

export function stat(path) {
  const index = find(path);
  return index === undefined ? { type: 'directory', size: 0 } : { type: 'file', size: assets.size(index) };
}

export function readText(path) {
  const index = find(path);
  if (index === undefined) throw new Error('NOT_A_FILE');
  const code = text(path);
  if (code !== undefined) return code;
  const bytes = new Uint8Array(assets.read(index));
  return decode(bytes, 0, bytes.length, UTF8);
}

export function list(path) {
  if (find(path) !== undefined) throw new Error('NOT_A_DIRECTORY');
  return [...new Set(below(path).map((name) => name.split('/', 1)[0]))];
}
