// Whether the program behaves as `node`: dv8:node says so when it is evaluated, node_bootstrap.js asks.

let chosen = false;

export function behaveAsNode() { chosen = true; }

export function behavesAsNode() { return chosen; }
