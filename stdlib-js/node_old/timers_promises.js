// node:timers/promises.
import { scheduler, setImmediate, setInterval, setTimeout } from '../internal/timers_promises.js';

export default { setTimeout, setImmediate, setInterval, scheduler };
