'use strict';

// Replaces Node's file, whose class changes its prototype when it learns that it is enabled: V8 then compiles
// each use of it, several a tick, as a look-up. Without --async-context-frame nobody makes a frame, and all
// that is here gives undefined, as Node's other class does.

const { SafeMap } = primordials;
const {
  getContinuationPreservedEmbedderData,
  setContinuationPreservedEmbedderData,
} = internalBinding('async_context_frame');

let enabled;

class AsyncContextFrame extends SafeMap {
  constructor(store, data) {
    super(getContinuationPreservedEmbedderData());
    this.set(store, data);
  }

  static get enabled() {
    enabled ??= require('internal/options').getOptionValue('--async-context-frame');
    return enabled;
  }

  static current() {
    return getContinuationPreservedEmbedderData();
  }

  static set(frame) {
    setContinuationPreservedEmbedderData(frame);
  }

  static exchange(frame) {
    const prior = getContinuationPreservedEmbedderData();
    setContinuationPreservedEmbedderData(frame);
    return prior;
  }

  static disable(store) {
    getContinuationPreservedEmbedderData()?.disable(store);
  }

  disable(store) {
    this.delete(store);
  }
}

module.exports = AsyncContextFrame;
