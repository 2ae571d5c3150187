// tty.ReadStream, packed when the app's text has its name: most programs that ask for a terminal do not
// need the streams under it.
import { ReadStream } from '../internal/stdin.js';

export default ReadStream;
