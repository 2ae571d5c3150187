// performance (High Resolution Time, User Timing).
import { now, startTime } from 'internal:process';
import { ERR_INVALID_ARG_VALUE } from '../internal/errors.js';
import { isRestored } from '../internal/restore.js';
import domException from './dom_exception.js';

const { DOMException } = domException;
const custom = Symbol.for('nodejs.util.inspect.custom');

class PerformanceEntry {
  constructor(name, entryType, startTime_, duration, detail) {
    this.name = name;
    this.entryType = entryType;
    this.startTime = startTime_;
    this.duration = duration;
    if (detail !== undefined) this.detail = detail;
  }

  toJSON() { return { ...this }; }
}

class PerformanceMark extends PerformanceEntry {
  constructor(name, options) {
    super(`${name}`, 'mark', options?.startTime ?? now(), 0, options?.detail ?? null);
    if (this.startTime < 0) throw new ERR_INVALID_ARG_VALUE('startTime', this.startTime);
  }
}
class PerformanceMeasure extends PerformanceEntry {}

let origin = 0; // Read once in the life of a process.
const observers = new Set();
let entries = [];

function add(entry) {
  entries.push(entry);
  for (const observer of observers) observer.queue(entry);
  return entry;
}

const listOf = (list) => ({
  getEntries: () => list.slice(),
  getEntriesByName: (name, type) => list.filter((entry) => entry.name === name && (type === undefined || entry.entryType === type)),
  getEntriesByType: (type) => list.filter((entry) => entry.entryType === type),
});

class PerformanceObserver {
  #callback;
  #types = new Set();
  #pending = [];

  constructor(callback) { this.#callback = callback; }
  static get supportedEntryTypes() { return ['mark', 'measure']; }
  observe({ type, entryTypes = [type], buffered = false }) {
    for (const each of entryTypes) this.#types.add(each);
    observers.add(this);
    if (buffered) for (const entry of entries) this.queue(entry);
  }

  disconnect() { observers.delete(this); }
  takeRecords() { return this.#pending.splice(0); }
  queue(entry) {
    if (!this.#types.has(entry.entryType)) return;
    if (this.#pending.push(entry) === 1) {
      setImmediate(() => { if (this.#pending.length > 0) this.#callback(listOf(this.takeRecords()), this); });
    }
  }
}

function timeOf(mark) {
  if (typeof mark === 'number') return mark;
  for (let i = entries.length - 1; i >= 0; i--) {
    if (entries[i].name === mark && entries[i].entryType === 'mark') return entries[i].startTime;
  }
  throw new DOMException(`The "${mark}" performance mark has not been set`, 'SyntaxError');
}

class Performance {
  now() { return now(); }
  get timeOrigin() {
    const value = origin || startTime();
    if (isRestored()) origin = value;
    return value;
  }
  mark(name, options) { return add(new PerformanceMark(name, options)); }
  measure(name, startOrOptions, endMark) {
    let start = startOrOptions;
    let end = endMark;
    let duration;
    let detail = null;
    if (startOrOptions !== null && typeof startOrOptions === 'object') {
      ({ start, end, duration, detail = null } = startOrOptions);
    }
    let to = end === undefined ? undefined : timeOf(end);
    let from = start === undefined ? undefined : timeOf(start);
    if (to === undefined) to = from !== undefined && duration !== undefined ? from + duration : now();
    if (from === undefined) from = duration !== undefined ? to - duration : 0;
    return add(new PerformanceMeasure(`${name}`, 'measure', from, to - from, detail));
  }

  clearMarks(name) { entries = entries.filter((entry) => entry.entryType !== 'mark' || (name !== undefined && entry.name !== name)); }
  clearMeasures(name) { entries = entries.filter((entry) => entry.entryType !== 'measure' || (name !== undefined && entry.name !== name)); }
  clearResourceTimings() {}
  setResourceTimingBufferSize() {}
  getEntries() { return entries.slice().sort((a, b) => a.startTime - b.startTime); }
  getEntriesByName(name, type) { return listOf(this.getEntries()).getEntriesByName(name, type); }
  getEntriesByType(type) { return listOf(this.getEntries()).getEntriesByType(type); }
  eventLoopUtilization() { return { idle: 0, active: 0, utilization: 0 }; }
  timerify(fn) { return fn; }
  get nodeTiming() { return { name: 'node', entryType: 'node', startTime: 0, duration: now() }; }
  toJSON() { return { nodeTiming: this.nodeTiming, timeOrigin: this.timeOrigin }; }
  [custom](depth, options, inspect) {
    return depth < 0 ? 'Performance' : `Performance ${inspect(this.toJSON(), options)}`;
  }
}

const performance = new Performance();

export default { performance, Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceObserver };
