// What undici names of globals, for programs of --env=core, whose global object need not have them: the bundler puts
// these in their place. A program's own timers take the place of Node's, as under Node.
export const { FinalizationRegistry, WeakRef } = primordials;
export const { AbortController, AbortSignal } = require('internal/abort_controller');
export const { Blob } = require('internal/blob');
export const { File } = require('internal/file');
export const { Buffer } = require('buffer');
export const { Event, EventTarget } = require('internal/event_target');
export const { MessagePort } = require('internal/worker/io');
export const { TextDecoder, TextEncoder } = require('internal/encoding');
export const { ReadableStream } = require('internal/webstreams/readablestream');
export const { TransformStream } = require('internal/webstreams/transformstream');
export const { URL, URLSearchParams } = require('internal/url');
export const { queueMicrotask } = require('internal/process/task_queues');
export const { performance } = require('perf_hooks');
export const DOMException = require('internal/util').lazyDOMExceptionClass();

function timer(name) {
  return (...args) => (globalThis[name] ?? require('timers')[name])(...args);
}
export const setTimeout = timer('setTimeout');
export const clearTimeout = timer('clearTimeout');
export const setInterval = timer('setInterval');
export const clearInterval = timer('clearInterval');
export const setImmediate = timer('setImmediate');
export const clearImmediate = timer('clearImmediate');
