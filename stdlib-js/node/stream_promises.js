// node:stream/promises.
import npm from 'readable-stream/lib/ours/browser.js';

export default npm.promises;
