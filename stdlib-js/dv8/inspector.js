// dv8:inspector, what --env=core's global send() is made of: messages to the inspector of the own isolate. The
// answers go to the global function receive(), which the program has.
import { OwnSession } from 'internal:dv8_debugger';

let session;

/** Gives the inspector a message of DevTools' protocol; receive(text) gets what it answers, before this returns. */
export function send(text) {
  session ??= new OwnSession((answer) => { globalThis.receive?.(answer); });
  session.dispatch(`${text}`);
}

export default { send };
