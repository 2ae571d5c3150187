// The globals of node:buffer.
import { Buffer, atob, btoa } from '../node/buffer.js';

export default { Buffer, atob, btoa };
