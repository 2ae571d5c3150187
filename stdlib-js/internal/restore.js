// Work that must wait until the program runs: the top level of the standard library is
// evaluated when the snapshot is made, on another machine at another time.

const hooks = [];
let restored = false;

/** Runs `fn` when the process starts, before the program's first line; at once if it has. */
export function onRestore(fn) {
  if (restored) fn();
  else hooks.push(fn);
}

/** True once the process has started. */
export function isRestored() {
  return restored;
}

/** Called by the bootstrap's start hook, once. */
export function runRestoreHooks() {
  restored = true;
  for (let i = 0; i < hooks.length; i++) hooks[i]();
  hooks.length = 0;
}
