// The globals of node:buffer.
import { Buffer, atob, btoa } from '../node_old/buffer.js';

export default { Buffer, atob, btoa };
