// fs.ReadStream, packed when the app's text has its name: most programs that read files do not
// need the streams under it.
import { ReadStream } from '../internal/fs_streams.js';

export default ReadStream;
