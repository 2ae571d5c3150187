/**
 * @module dv8:process — the process: its memory, its time.
 *
 * The global `process` is Node's. In a program that names this module or dv8:thread it has
 * `spawn(fn, onComplete, options)`, `args`, `PID` and `TID` too. With --env=core it is dv8's own, which has Node's properties as well:
 * `args`, `env`, `PID`, `TID` (0, and a thread's number in it), `hrtime()` as a BigInt, `cwd()`,
 * `memoryUsage()` and `cpuUsage()` by names, `heapUsage()`, `sleep`, `usleep`, `runMicroTasks()`, `loop`,
 * `activeHandles()`, `nextTick(fn)`, which calls fn in the loop's next turn, `stats()`, `threads`, and
 * `onExit`, a function of the program's that is called at its end.
 *
 * `process.spawn(source, onComplete, { ipc })` starts a function or a file as a thread. onComplete gets
 * {err, thread, status}, or (error, status) when it has two parameters. With ipc the thread has `send(value)`,
 * `onMessage(fn)` and `sock`, as `process` has them in it; fn gets {opCode, threadId, length, payload}: 1 is
 * JSON, 2 a text, 3 bytes.
 *
 * @example
 * import { Process } from 'dv8:process';
 * const process = new Process();
 * const counts = new Float64Array(14);
 * process.memoryUsage(counts);
 * console.log(process.pid() > 0, counts[0] > counts[2]); //> true true
 * const times = new BigInt64Array(2);
 * process.hrtime(times.subarray(0));
 * process.usleep(2000);
 * process.hrtime(times.subarray(1));
 * console.log(times[1] - times[0] >= 2000000n); //> true
 */
import { heapSpaces, sleep } from 'internal:dv8_loop';
import * as host from 'internal:host';
import * as native from 'internal:process';
import { checkCounts } from '../internal/dv8_callbacks.js';
import { processSpawn, spawn } from '../internal/dv8_spawn.js';
import { OLD_MEMORY } from '../internal/dv8_vintages.js';
import { theProcess } from '../internal/process_state.js';

const MEMORY = 14;
const SPACE = 4;
const TIMES = 2;

function checkDuration(name, value) {
  if (!Number.isFinite(value) || value < 0 || value > 1e12) throw new RangeError(`${name}: ${value} is no duration from 0`);
}

Object.defineProperties(theProcess, {
  spawn: { value: processSpawn, writable: true, configurable: true },
  args: { get: () => theProcess.argv, configurable: true },
  PID: { get: () => theProcess.pid, configurable: true },
  TID: { value: 0, writable: true, configurable: true },
});

/** The process that the program is. */
export class Process {
  /** Its number. */
  pid() { return theProcess.pid; }

  /**
   * Fills a Float64Array of 14 or more, or the first 4 of one of 4, with bytes: 0 resident, 1 heap, 2 used heap, 3 external, 4
   * (1 when freed memory is overwritten), 5 heap limit, 6 malloc, and 7 detached contexts, 8 contexts,
   * then bytes again: 9 peak of malloc, 10 available, 11 executable, 12 physical, 13 external of the
   * isolate.
   * @throws {RangeError} when it has another length below 14.
   */
  memoryUsage(counts) {
    const old = counts instanceof Float64Array && counts.length === OLD_MEMORY;
    checkCounts('memoryUsage: the array', counts, old ? OLD_MEMORY : MEMORY, Float64Array);
    const [total, executable, physical, available, used, limit, malloced, peak, zap, contexts, detached, , , external] = native.heapStatistics();
    const all = [native.rss(), total, used, external, zap, limit, malloced, detached, contexts, peak, available, executable, physical, external];
    counts.set(old ? all.slice(0, OLD_MEMORY) : all);
  }

  /**
   * The spaces of V8's heap, in bytes: {name: Float64Array [physical, available, size, used]}. The
   * arrays are those given, one by one or as an array, in order, and new ones after them.
   */
  heapUsage(...given) {
    const arrays = Array.isArray(given[0]) ? given[0] : given;
    const usage = {};
    heapSpaces().forEach(([name, ...bytes], i) => {
      const array = arrays[i] ?? new Float64Array(SPACE);
      checkCounts('heapUsage: an array', array, SPACE, Float64Array);
      array.set(bytes);
      usage[name] = array;
    });
    return usage;
  }

  /** Fills a Float64Array of 2 or more: microseconds in user mode, and in the kernel. */
  cpuUsage(times) {
    checkCounts('cpuUsage: the array', times, TIMES, Float64Array);
    const [user, system] = native.resourceUsage();
    times[0] = user;
    times[1] = system;
  }

  /** Sets element 0 of a BigInt64Array or BigUint64Array: nanoseconds of a clock that never goes back. */
  hrtime(time) {
    if (!(time instanceof BigInt64Array || time instanceof BigUint64Array)) throw new TypeError('hrtime: the array must be a BigInt64Array or a BigUint64Array');
    if (time.length < 1) throw new RangeError('hrtime: the array has 0 elements; 1 is needed');
    time[0] = native.hrtime();
  }

  /** Does nothing for `seconds`; the loop waits too. */
  sleep(seconds) {
    checkDuration('sleep', seconds);
    sleep(seconds * 1e6);
  }

  /** Does nothing for `microseconds`; the loop waits too. */
  usleep(microseconds) {
    checkDuration('usleep', microseconds);
    sleep(microseconds);
  }

  /** The working directory. */
  cwd() { return native.cwd(); }

  /** Starts a function as a thread: spawn() of dv8:thread. */
  spawn(fn, onComplete, options) { return spawn(fn, onComplete, options); }

  /** Runs what promises have to do now. */
  runMicroTasks() { host.runMicrotasks(); }
}

export default { Process };
