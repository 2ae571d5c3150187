import inspector, { console as inspected, Network, Session, url, waitForDebugger } from 'node:inspector';
import { Session as Promised } from 'node:inspector/promises';

console.log(process.features.inspector, url(), Object.keys(inspector).sort().join());
console.log(process.binding('inspector').console === inspected);

function busy(limit) {
  let sum = 0;
  for (let i = 0; i < limit; i++) sum += i % 7;
  return sum;
}
function never() { return busy(1); }
globalThis.answer = 42;

const session = new Session();
try { session.post('Runtime.evaluate'); } catch (error) { console.log(error.code); }
session.connect();
try { session.connect(); } catch (error) { console.log(error.code); }
try { session.connectToMainThread(); } catch (error) { console.log(error.code); }
session.post('Runtime.evaluate', { expression: 'answer + 1' }, (error, { result }) => console.log(error, result.value));
session.post('No.such', (error) => console.log(error.code, error.message));

// What the console prints is told, and so are errors in expressions.
session.on('Runtime.consoleAPICalled', ({ params: { type, args } }) => process.stdout.write(`told: ${type} ${args.map((arg) => arg.value).join()}\n`));
session.post('Runtime.enable');
console.log('printed', 7);
inspected.warn('not printed');
session.post('Runtime.disable');
session.post('Runtime.evaluate', { expression: 'throw new TypeError("no")' }, (error, { exceptionDetails }) => console.log(exceptionDetails.exception.className));

// A session that ends in a callback of its own.
const short = new Session();
short.connect();
short.post('Runtime.evaluate', { expression: '1' }, () => short.disconnect());
short.post = undefined;

const promised = new Promised();
promised.connect();
await promised.post('Profiler.enable');
await promised.post('Profiler.start');
busy(3e7);
const { profile } = await promised.post('Profiler.stop');
console.log(profile.nodes.some(({ callFrame }) => callFrame.functionName === 'busy'), profile.samples.length > 0);

await promised.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
busy(3);
busy(3);
const { result } = await promised.post('Profiler.takePreciseCoverage');
const own = result.find((script) => script.url.startsWith('file:///app/'));
const countOf = (name) => own.functions.find(({ functionName }) => functionName === name)?.ranges[0].count ?? 0;
console.log(own.url, countOf('busy'), countOf('never'), typeof never);
await promised.post('Profiler.stopPreciseCoverage');

let chunks = '';
promised.on('HeapProfiler.addHeapSnapshotChunk', ({ params }) => { chunks += params.chunk; });
await promised.post('HeapProfiler.takeHeapSnapshot');
console.log(JSON.parse(chunks).snapshot.node_count > 1000);

// The domains of Node's own.
await promised.post('Network.enable');
promised.on('Network.loadingFinished', ({ params }) => console.log(params));
Network.loadingFinished({ requestId: 'r', timestamp: 1 });
try { Network.loadingFinished({ timestamp: 1 }); } catch (error) { console.log(error.name, error.message); }
await promised.post('Network.getResponseBody', { requestId: 'x' }).catch(({ code, message }) => console.log(code, message));

// A pause goes on: the program could not end it.
promised.on('Debugger.paused', ({ params }) => console.log('paused', params.reason));
await promised.post('Debugger.enable');
new Function('debugger')();
promised.disconnect();

session.post('Runtime.evaluate', { expression: 'new Promise(() => {})', awaitPromise: true }, (error) => console.log(error.code));
session.disconnect();
try { waitForDebugger(); } catch (error) { console.log(error.code); }
