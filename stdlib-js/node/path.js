// node:path, POSIX flavour by path-browserify (Node's own lib/path.js as a package).
import posix from 'path-browserify';

posix.posix = posix;
posix.win32 = posix;
/** Only Windows has namespaced paths. */
posix.toNamespacedPath = (path) => path;

export default posix;
