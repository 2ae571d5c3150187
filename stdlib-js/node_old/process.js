// node:process.
import { theProcess } from '../internal/process.js';

export default theProcess;
