// dv8:empty_buffer makes `new Buffer()` a dv8 Buffer where Buffer is Node's. Programs with "new
// Buffer" in them have it unasked.
import { Buffer } from '../internal/dv8_buffer.js';
import { setEmptyBuffer } from '../internal/empty_buffer.js';

setEmptyBuffer(Buffer);

export default { Buffer };
