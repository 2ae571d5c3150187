// setTimeout, setInterval and setImmediate over one native timer. As in Node, timers of one
// duration are a linked list, and the lists are in a heap by their first expiry.
import * as native from 'internal:timers';
import { ERR_INVALID_ARG_TYPE } from './errors.js';
import { runNextTicks } from './tick.js';

const TIMEOUT_MAX = 2 ** 31 - 1;

let nextId = 1;
let nextListId = Number.MIN_SAFE_INTEGER;
let refs = 0; // Timers that wait and keep the process alive.
let scheduled = Infinity; // When the native timer calls processTimers.
const lists = new Map(); // duration → TimerList.
const byPrimitive = new Map(); // id → Timeout, for those whose number was asked for.

class TimerList {
  constructor(duration, expiry) {
    this.duration = duration;
    this.expiry = expiry;
    this.id = nextListId++;
    this.position = 0;
    this.next = this.previous = this;
  }
}

// A binary heap of TimerLists by expiry, then by age.
const heap = [];
function before(a, b) { return a.expiry < b.expiry || (a.expiry === b.expiry && a.id < b.id); }
function place(list, position) { heap[position] = list; list.position = position; }

function siftUp(list) {
  let position = list.position;
  while (position > 0) {
    const parent = (position - 1) >> 1;
    if (!before(list, heap[parent])) break;
    place(heap[parent], position);
    position = parent;
  }
  place(list, position);
}

function siftDown(list) {
  let position = list.position;
  for (;;) {
    let child = position * 2 + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
    if (!before(heap[child], list)) break;
    place(heap[child], position);
    position = child;
  }
  place(list, position);
}

function removeList(list) {
  lists.delete(list.duration);
  const last = heap.pop();
  if (last === list) return;
  place(last, list.position);
  siftUp(last);
  siftDown(last);
}

function link(list, timer) {
  timer._idlePrev = list.previous;
  timer._idleNext = list;
  list.previous === list ? (list.next = timer) : (list.previous._idleNext = timer);
  list.previous = timer;
  timer._list = list;
}

function unlink(timer) {
  const list = timer._list;
  if (list === null) return;
  const { _idlePrev: previous, _idleNext: next } = timer;
  if (previous === list) list.next = next;
  else previous._idleNext = next;
  if (next === list) list.previous = previous;
  else next._idlePrev = previous;
  timer._idlePrev = timer._idleNext = timer._list = null;
}

function addRef() {
  if (refs++ === 0) native.setTimerRef(true);
}

function dropRef() {
  if (--refs === 0) native.setTimerRef(false);
}

function insert(timer, start) {
  const duration = Math.trunc(timer._idleTimeout);
  timer._idleStart = start;
  unlink(timer);
  let list = lists.get(duration);
  if (list === undefined) {
    list = new TimerList(duration, start + duration);
    lists.set(duration, list);
    list.position = heap.length;
    heap.push(list);
    siftUp(list);
    if (list.expiry < scheduled) {
      scheduled = list.expiry;
      native.schedule(scheduled);
    }
  }
  link(list, timer);
}

let warnedOfNegative = false;
let warnedOfNaN = false;

function toDuration(after) {
  after = Number(after);
  if (after >= 1 && after <= TIMEOUT_MAX) return after;
  if (after > TIMEOUT_MAX) {
    process.emitWarning(`${after} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`,
                        'TimeoutOverflowWarning');
  } else if (after < 0 && !warnedOfNegative) {
    warnedOfNegative = true;
    process.emitWarning(`${after} is a negative number.\nTimeout duration was set to 1.`, 'TimeoutNegativeWarning');
  } else if (Number.isNaN(after) && !warnedOfNaN) {
    warnedOfNaN = true;
    process.emitWarning(`${after} is not a number.\nTimeout duration was set to 1.`, 'TimeoutNaNWarning');
  }
  return 1;
}

/** What setTimeout and setInterval return. */
export class Timeout {
  constructor(callback, after, args, repeat) {
    this._idleTimeout = after === undefined ? 1 : toDuration(after);
    this._idlePrev = this._idleNext = this._list = null;
    this._idleStart = null;
    this._onTimeout = callback;
    this._timerArgs = args;
    this._repeat = repeat ? this._idleTimeout : null;
    this._destroyed = false;
    this._refed = true;
    this._id = nextId++;
    const start = native.now();
    addRef();
    insert(this, start);
  }

  /** Starts the wait anew, also of a timer that has run; one that was cleared stays so. */
  refresh() {
    if (this._idleTimeout < 0) return this;
    if (this._destroyed) {
      this._destroyed = false;
      if (this._refed) addRef();
    }
    insert(this, native.now());
    return this;
  }

  /** Lets the process end although this timer waits. */
  unref() {
    if (this._refed && !this._destroyed) dropRef();
    this._refed = false;
    return this;
  }

  ref() {
    if (!this._refed && !this._destroyed) addRef();
    this._refed = true;
    return this;
  }

  hasRef() { return this._refed; }
  close() {
    clearTimeout(this);
    return this;
  }

  [Symbol.toPrimitive]() {
    if (!this._destroyed) byPrimitive.set(this._id, this);
    return this._id;
  }

  [Symbol.dispose]() { clearTimeout(this); }

  [Symbol.for('nodejs.util.inspect.custom')](_, options, inspect) {
    const { _idleTimeout, _idleStart, _onTimeout, _repeat, _destroyed } = this;
    const shown = { __proto__: null, _idleTimeout, _idleStart, _onTimeout, _repeat, _destroyed };
    return `Timeout ${inspect(shown, { ...options, depth: 0 }).replace('[Object: null prototype] ', '')}`;
  }
}

function destroy(timer) {
  timer._destroyed = true;
  byPrimitive.delete(timer._id);
  if (timer._refed) dropRef();
}

function checkCallback(callback) {
  if (typeof callback !== 'function') throw new ERR_INVALID_ARG_TYPE('callback', 'Function', callback);
}

/** Calls `callback(...args)` once, after at least `after` milliseconds. */
export function setTimeout(callback, after, ...args) {
  checkCallback(callback);
  return new Timeout(callback, after, args, false);
}

/** Calls `callback(...args)` again and again, `repeat` milliseconds apart. */
export function setInterval(callback, repeat, ...args) {
  checkCallback(callback);
  return new Timeout(callback, repeat, args, true);
}

/** Takes a Timeout or its number; anything else is ignored. */
export function clearTimeout(timer) {
  if (typeof timer === 'number' || typeof timer === 'string') timer = byPrimitive.get(Number(timer));
  if (!(timer instanceof Timeout)) return;
  timer._onTimeout = null;
  if (timer._destroyed) return;
  unlink(timer);
  destroy(timer);
  const list = lists.get(Math.trunc(timer._idleTimeout));
  // As in Node, the list of one that does not hold the process stays: the next one is likely to come soon.
  if (timer._refed && list !== undefined && list.next === list) removeList(list);
  timer._idleTimeout = -1;
}

export { clearTimeout as clearInterval };

// An exception leaves runList and processTimers for the host, which calls processTimers again when a
// listener has taken it. As in Node, the next timer then runs before the ticks that are queued.
function runList(list, now) {
  const { duration } = list;
  let ran = false;
  while (list.next !== list) {
    const timer = list.next;
    if (now - timer._idleStart < duration) {
      list.expiry = Math.max(timer._idleStart + duration, now + 1);
      list.id = nextListId++;
      siftDown(list);
      return;
    }
    if (ran) runNextTicks();
    ran = true;
    unlink(timer);
    if (timer._onTimeout === null) {
      if (!timer._destroyed) destroy(timer);
      continue;
    }
    const start = timer._repeat !== null ? native.now() : 0;
    try {
      timer._onTimeout(...timer._timerArgs);
    } finally {
      if (timer._repeat !== null && timer._idleTimeout !== -1) insert(timer, start);
      else if (timer._list === null && !timer._destroyed) destroy(timer);
    }
  }
  // It may have been removed, and another one made for its duration.
  if (lists.get(duration) === list) removeList(list);
}

/** The hook processTimers: runs what is due and schedules the next call. */
export function processTimers(now) {
  scheduled = Infinity;
  let ran = false;
  while (heap.length > 0) {
    const list = heap[0];
    if (list.expiry > now) {
      scheduled = list.expiry;
      native.schedule(scheduled);
      return;
    }
    if (ran) runNextTicks();
    ran = true;
    runList(list, now);
  }
}

// Immediates: a callback runs in the turn after the one that queued it.
let immediates = [];
let immediateRefs = 0;

/** What setImmediate returns. */
export class Immediate {
  constructor(callback, args) {
    this._onImmediate = callback;
    this._argv = args;
    this._destroyed = false;
    this._refed = false;
    this.ref();
    immediates.push(this);
  }

  ref() {
    if (!this._refed && !this._destroyed) {
      this._refed = true;
      if (immediateRefs++ === 0) native.setImmediateRef(true);
    }
    return this;
  }

  unref() {
    if (this._refed) {
      this._refed = false;
      if (--immediateRefs === 0) native.setImmediateRef(false);
    }
    return this;
  }

  hasRef() { return this._refed; }
  [Symbol.dispose]() { clearImmediate(this); }
}

/** Calls `callback(...args)` after the loop has polled for I/O. */
export function setImmediate(callback, ...args) {
  checkCallback(callback);
  return new Immediate(callback, args);
}

export function clearImmediate(immediate) {
  if (!(immediate instanceof Immediate) || immediate._destroyed) return;
  immediate._destroyed = true;
  immediate._onImmediate = null;
  immediate.unref();
}

let batch = []; // This turn's immediates.
let position = 0; // Of the next one in it. Behind an exception the hook is called again, and goes on there.

/** The hook processImmediates. */
export function processImmediates() {
  if (position === batch.length) {
    if (immediates.length === 0) return;
    batch = immediates;
    position = 0;
    immediates = [];
  }
  let ran = false;
  while (position < batch.length) {
    if (ran && !batch[position]._destroyed) runNextTicks();
    const immediate = batch[position++];
    if (immediate._destroyed) continue;
    ran = true;
    immediate._destroyed = true;
    immediate.unref();
    try {
      immediate._onImmediate(...immediate._argv);
    } finally {
      immediate._onImmediate = null;
    }
  }
  batch = [];
  position = 0;
}
