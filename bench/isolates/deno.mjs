// The same with Deno's workers, which are the web's.
import { callsBy, measureTrips } from './trips.mjs';

const worker = new Worker(new URL('./deno_peer.mjs', import.meta.url), { type: 'module' });
const { call, take } = callsBy((message, moved) => worker.postMessage(message, moved));
worker.onmessage = ({ data }) => take(data);
await measureTrips((a, b) => call('add', a, b), (value) => call('echo', value));
globalThis.Deno.exit();
