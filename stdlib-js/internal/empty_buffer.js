// What `new Buffer()` without arguments makes: Node has no use for it, dv8 has.

let EmptyBuffer;

/** Called by dv8:core and dv8:empty_buffer with dv8's class. */
export function setEmptyBuffer(constructor) { EmptyBuffer = constructor; }

/** A dv8 Buffer; undefined in a program without dv8's. */
export function emptyBuffer() { return EmptyBuffer === undefined ? undefined : new EmptyBuffer(); }
