// What `new Buffer()` without arguments makes where a program has dv8's Buffer: buffer_without_arguments.patch.
'use strict';

let make;

module.exports = {
  /** `fn` gives a Buffer of dv8, or undefined in a program without. */
  provideEmptyBuffer(fn) { make = fn; },
  emptyBuffer() { return make?.(); },
};
