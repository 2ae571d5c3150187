// fs.WriteStream, packed when the app's text has its name.
import { WriteStream } from '../internal/fs_streams.js';

export default WriteStream;
