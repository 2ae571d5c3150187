// dv8:core_process, the global `process` of --env=core: dv8's own since v0.0.5a, over Node's, whose other
// properties it has too.
import { EventLoop } from './loop.js';
import { Process } from './process.js';
import { processSpawn } from '../internal/dv8_spawn.js';
import { theProcess } from '../internal/process_state.js';
import { setImmediate } from '../internal/services.js';

const MEMORY = [
  'rss', 'total_heap_size', 'used_heap_size', 'external_memory', 'does_zap_garbage', 'heap_size_limit', 'malloced_memory',
  'number_of_detached_contexts', 'number_of_native_contexts', 'peak_malloced_memory', 'total_available_size',
  'total_heap_size_executable', 'total_physical_size', 'isolate_external',
];
// What changes or asks for listeners: they are the one process's.
const EMITTER = [
  'on', 'addListener', 'once', 'off', 'removeListener', 'removeAllListeners', 'prependListener', 'prependOnceListener',
  'emit', 'listeners', 'rawListeners', 'listenerCount', 'eventNames', 'setMaxListeners', 'getMaxListeners',
];
const LIST = 1 << 16;

const native = new Process();
const loop = new EventLoop();
let waiting = 0; // Functions that nextTick was given and that have not run.

export const process = Object.create(theProcess, {
  args: { get: () => theProcess.argv, enumerable: true, configurable: true },
  PID: { get: () => theProcess.pid, enumerable: true, configurable: true },
});
// What Node keeps from being set is the program's here.
for (const [name, { value, writable, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(theProcess))) {
  if (writable === false) Object.defineProperty(process, name, { value, writable: true, enumerable, configurable: true });
}
for (const name of EMITTER) {
  process[name] = (...args) => {
    const result = theProcess[name]?.(...args);
    return result === theProcess ? process : result;
  };
}

Object.assign(process, {
  TID: 0,
  ticks: 0,
  loop,
  threads: {},
  sleep(seconds) { native.sleep(seconds); },
  usleep(microseconds) { native.usleep(microseconds); },
  nanosleep(seconds, nanoseconds) { native.usleep(seconds * 1e6 + nanoseconds / 1e3); },
  runMicroTasks() { native.runMicroTasks(); },
  heapUsage(...arrays) { return native.heapUsage(...arrays); },

  /** Nanoseconds of a clock that never goes back; as Node's with its argument. */
  hrtime(previous) { return previous === undefined ? theProcess.hrtime.bigint() : theProcess.hrtime(previous); },

  memoryUsage() {
    const counts = new Float64Array(MEMORY.length);
    native.memoryUsage(counts);
    return Object.assign(theProcess.memoryUsage(), Object.fromEntries(MEMORY.map((name, i) => [name, counts[i]])));
  },

  /** Calls `fn` in the next turn of the loop: timers and reads go on between. */
  nextTick(fn, ...args) {
    if (typeof fn !== 'function') throw new TypeError('nextTick: a callback is needed');
    waiting++;
    setImmediate(() => {
      waiting--;
      process.ticks++;
      fn(...args);
    });
  },

  /** How often nextTick's functions were called, and how many wait. */
  stats() { return { ticks: process.ticks, queue: waiting }; },

  /** The loop's handles: [{active: 1 or 0, type: 'timer'}, …]. */
  activeHandles() {
    const bytes = new Uint8Array(LIST);
    const handles = [];
    loop.listHandles(bytes);
    for (let at = 0; bytes[at + 1] > 0; at += 2 + bytes[at + 1]) {
      handles.push({ active: bytes[at], type: String.fromCharCode(...bytes.subarray(at + 2, at + 2 + bytes[at + 1])) });
    }
    return handles;
  },
});
Object.defineProperty(process, 'spawn', { value: processSpawn, writable: true, configurable: true });
Object.assign(process.hrtime, { bigint: theProcess.hrtime.bigint });
process.memoryUsage.rss = theProcess.memoryUsage.rss;

theProcess.on('exit', () => { process.onExit?.(); });

export default { process };
