// A random program of timers, immediates, ticks, microtasks and promises, and the order in which its
// callbacks ran: program.js SEED SLOT. Only the seed decides what it does, so Node's order is the expected one.
//
// Time is counted in slots of SLOT milliseconds. Callbacks of different durations are never due in one
// slot, and a callback that blocks does so to the middle between two, so that no order hangs on how fast
// the machine is. Where it was too slow all the same, the program says LATE in place of the order: it
// wants longer slots then.
'use strict';
const fs = require('fs');
const timersPromises = require('timers/promises');

const [seed, slotLength] = process.argv.slice(2);
const SLOT = Number(slotLength);
// Timers are due so much before their slot, which their callbacks wait for: being late does not add up.
const MARGIN = SLOT / 4;
const MAX_TASKS = 60;
const MAX_DEPTH = 5;
const MAX_ZEROS = 4; // Each takes some time of its slot.

// mulberry32: each task draws from a stream of its own, so that a first difference does not change the rest.
function randomStream(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function hash(text) {
  let h = 2166136261;
  for (const char of text) h = Math.imul(h ^ char.charCodeAt(0), 16777619);
  return h >>> 0;
}

const log = [];
const handles = []; // {id, handle, slots or 0, due}
const dueAt = new Map(); // slot → {duration, negative for intervals; segment, start}: what is due there
let tasks = 0;
let zeros = 0;
let late = false;
let now = 0; // In slots; halves where a callback has blocked.
let segment = 0; // Counts stretches of code that take no time.
let inTimers = false; // The loop's last callback was a timer's.
const base = performance.now();

const elapsed = () => (performance.now() - base) / SLOT;

const cell = new Int32Array(new SharedArrayBuffer(4));

// Blocks: the loop then sees timers of that time as due.
function waitUntil(slot) {
  for (let left; (left = slot - elapsed()) > 0;) Atomics.wait(cell, 0, 0, left * SLOT);
}

function giveUp() {
  late = true;
  process.exit();
}

function arrive(slot) {
  segment++;
  inTimers = true;
  if (slot > now) {
    now = slot;
    waitUntil(now);
  }
  checkTime();
}

// The loop reads its own clock between callbacks.
function checkTime() {
  if ((elapsed() - now) * SLOT > MARGIN - 2) giveUp();
}

const milliseconds = (slots) => slots * SLOT - MARGIN;

// Timers of one duration may share a slot when they are started at once.
function isFree(slots, sign = 1) {
  const taken = dueAt.get(now + slots);
  return taken === undefined || (taken.duration === sign * slots && taken.segment === segment);
}

// A duration of whole slots that is due where nothing else of another duration is, or 0.
function duration(random, sign) {
  for (let i = 0; i < 4; i++) {
    const slots = 1 + Math.floor(random() * 6);
    if (isFree(slots, sign)) return slots;
  }
  return 0;
}

function reserve(slots, sign = 1) {
  const due = now + slots;
  if (!dueAt.has(due)) dueAt.set(due, { duration: sign * slots, segment, start: undefined });
  return due;
}

// At once by the loop's clock, too.
function checkStart(due, handle) {
  const shared = dueAt.get(due);
  shared.start ??= handle._idleStart;
  if (shared.start !== handle._idleStart) giveUp();
}

function startTimeout(id, depth, random) {
  const slots = duration(random);
  if (slots === 0) return;
  const entry = { id, slots, due: reserve(slots) };
  entry.handle = setTimeout(() => { arrive(entry.due); run(id, depth); }, milliseconds(slots));
  checkStart(entry.due, entry.handle);
  handles.push(entry);
}

// Due at once: the loop's next look at timers finds it due. Behind a timer's callback that look is one millisecond
// off, in which there may be one turn or several; for the same reason no callback of a timer blocks.
function startZero(id, depth) {
  if (inTimers || zeros++ >= MAX_ZEROS) return;
  const entry = { id, slots: 0 };
  entry.handle = setTimeout(() => { inTimers = true; run(id, depth); }, 0);
  handles.push(entry);
  waitUntil(elapsed() + 2.5 / SLOT);
  segment++;
}

function startInterval(id, depth, random) {
  const slots = duration(random, -1);
  if (slots === 0) return;
  const entry = { id, slots, sign: -1, due: reserve(slots, -1) };
  let left = 1 + Math.floor(random() * 3);
  entry.handle = setInterval(() => {
    arrive(entry.due);
    if (--left <= 0 || !isFree(slots, -1)) clearInterval(entry.handle);
    else entry.due = reserve(slots, -1);
    entry.runs = true;
    try {
      run(`${id}.${left}`, depth);
    } finally {
      entry.runs = false;
    }
  }, slots * SLOT); // Counted from the callback's start, which must not wait then.
  checkStart(entry.due, entry.handle);
  handles.push(entry);
}

function sleep(slots) {
  const due = reserve(slots);
  return new Promise((resolve) => {
    checkStart(due, setTimeout(resolve, milliseconds(slots)));
  }).then(() => arrive(due));
}

const starters = {
  tick(id, depth) { process.nextTick(run, id, depth); },
  microtask(id, depth) { queueMicrotask(() => run(id, depth)); },
  then(id, depth) { Promise.resolve().then(() => run(id, depth)); },
  immediate(id, depth) {
    handles.push({ id, slots: 0, handle: setImmediate(() => { inTimers = false; run(id, depth); }) });
  },
  timeout: startTimeout,
  zero: startZero,
  interval: startInterval,
  async awaits(id, depth, random) {
    const count = 1 + Math.floor(random() * 3);
    for (let i = 0; i < count; i++) await null;
    run(id, depth);
  },
  async sleeps(id, depth, random) {
    for (let i = 0; i < 3; i++) {
      const slots = duration(random);
      if (slots === 0) break;
      await sleep(slots);
      log.push(`${id}~${i}`);
    }
    run(id, depth);
  },
  // A time limit around a shorter piece of work, the usual way.
  async race(id, depth, random) {
    const work = duration(random);
    if (work === 0) return;
    const done = sleep(work);
    const limit = duration(random);
    if (limit === 0) return;
    const entry = { due: reserve(limit) };
    const timedOut = new Promise((resolve) => {
      entry.handle = setTimeout(() => { arrive(entry.due); resolve('limit'); }, milliseconds(limit));
      checkStart(entry.due, entry.handle);
    });
    const winner = await Promise.race([done.then(() => 'done'), timedOut]);
    clearTimeout(entry.handle);
    log.push(`${id}=${winner}`);
    run(id, depth);
  },
  async laterImmediate(id, depth) {
    await timersPromises.setImmediate();
    inTimers = false;
    run(id, depth);
  },
  rejection(id) { Promise.reject(id); },
};
const NAMES = Object.keys(starters);

// What a callback does with what was started before.
const changes = {
  clear({ handle }) {
    clearTimeout(handle);
    clearImmediate(handle);
  },
  unref({ handle }) { if (handle.refresh) handle.unref(); },
  ref({ handle }) { handle.ref(); },
  hasRef({ id, handle }) { log.push(`${id}?${handle.hasRef()}`); },
  refresh(entry) {
    if (entry.slots === 0) return;
    // An interval is started again behind its callback anyway, and one that was cleared stays so.
    if (entry.runs || entry.handle._idleTimeout < 0 || !isFree(entry.slots, entry.sign)) return;
    entry.due = reserve(entry.slots, entry.sign);
    entry.handle.refresh();
    checkStart(entry.due, entry.handle);
  },
};
const CHANGES = Object.keys(changes);

function run(id, depth) {
  segment++;
  checkTime();
  log.push(id);
  const random = randomStream(hash(`${seed}/${id}`));
  const pick = (list) => list[Math.floor(random() * list.length)];
  const count = depth === 0 ? 6 : Math.floor(random() * 4);
  for (let i = 0; i < count && depth < MAX_DEPTH && tasks < MAX_TASKS; i++) {
    tasks++;
    const name = pick(NAMES);
    starters[name](`${id}${name[0]}${i}`, depth + 1, random);
  }
  while (handles.length > 0 && random() < 0.35) changes[pick(CHANGES)](pick(handles));
  if (depth > 0 && !inTimers && random() < 0.15) {
    const until = Math.floor(now) + 0.5 + Math.floor(random() * 3);
    waitUntil(until);
    now = Math.max(now, until);
    segment++;
    checkTime();
  }
  if (depth > 0 && random() < 0.08) throw id;
}

process.on('uncaughtException', (error) => { log.push(`!${error}`); });
process.on('unhandledRejection', (error) => { log.push(`-${error}`); });
process.once('beforeExit', () => {
  log.push('beforeExit');
  arrive(Math.ceil(elapsed() + 1));
  run('b', 1);
});
process.on('exit', (code) => {
  log.push(`exit:${code}`);
  fs.writeSync(1, late ? 'LATE\n' : `${log.join(' ')}\n`);
});
run('m', 0);
