// The global `dv8`.
import { main } from '../dv8/main.js';

export default { dv8: { main } };
