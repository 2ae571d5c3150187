// node:console.
import { theConsole } from '../internal/console.js';

export default theConsole;
