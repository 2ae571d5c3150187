// The other side of deno.mjs.
import { answer } from './trips.mjs';

globalThis.onmessage = ({ data }) => answer(data, (message, moved) => globalThis.postMessage(message, moved));
