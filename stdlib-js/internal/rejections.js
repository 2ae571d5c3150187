// Promises that were rejected with nobody listening: Node's default mode, 'throw'.
import { triggerUncaught } from 'internal:host';
import { theProcess } from './process.js';
import { setRejectionTask } from './tick.js';

// v8::PromiseRejectEvent.
const NO_HANDLER = 0;
const HANDLER_ADDED = 1;

let pending = new Map(); // promise → reason.
const reported = new WeakSet();
let handledLate = [];

function run() {
  setRejectionTask(null);
  let worked = false;
  for (const promise of handledLate.splice(0)) {
    worked = true;
    theProcess.emit('rejectionHandled', promise);
  }
  const batch = pending;
  pending = new Map();
  for (const [promise, reason] of batch) {
    worked = true;
    reported.add(promise);
    let handled = false;
    try {
      handled = theProcess.emit('unhandledRejection', reason, promise);
    } catch (error) {
      triggerUncaught(error, false);
      continue;
    }
    if (!handled) triggerUncaught(reason instanceof Error ? reason : require('./fatal.js').rejectionError(reason), true);
  }
  return worked;
}

/** The hook unhandledRejection. */
export function unhandledRejection(type, promise, reason) {
  if (type === NO_HANDLER) {
    pending.set(promise, reason);
    setRejectionTask(run);
  } else if (type === HANDLER_ADDED && !pending.delete(promise) && reported.delete(promise)) {
    handledLate.push(promise);
    setRejectionTask(run);
  }
}
