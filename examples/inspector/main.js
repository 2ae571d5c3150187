// A client of the program's own inspector: what DevTools asks by its protocol, a program may ask itself.
const waiting = new Map();
let lastId = 0;

// The inspector's answers and events.
global.receive = (text) => {
  const { id, result, error, method, params } = JSON.parse(text);
  if (method === 'Runtime.consoleAPICalled') console.log('event', params.type);
  waiting.get(id)?.(error ?? result);
  waiting.delete(id);
};

/** Asks the inspector; the answer comes before this returns. */
function ask(method, params = {}) {
  let answer;
  waiting.set(++lastId, (value) => { answer = value; });
  send(JSON.stringify({ id: lastId, method, params }));
  return answer;
}

function slow(n) { return n < 2 ? n : slow(n - 1) + slow(n - 2); }

globalThis.shared = { list: [1, 2, 3] };
const { result } = ask('Runtime.evaluate', { expression: 'shared.list' });
const { result: properties } = ask('Runtime.getProperties', { objectId: result.objectId, ownProperties: true });
console.log(result.className, properties.map(({ name, value }) => `${name}: ${value.value}`).join(', '));
console.log(ask('Runtime.evaluate', { expression: 'nothing.here' }).exceptionDetails.exception.className);
console.log(ask('No.method').message);

ask('Profiler.enable');
ask('Profiler.start');
slow(25);
const { profile } = ask('Profiler.stop');
console.log('the profile has nodes:', profile.nodes.length > 0);
console.log('the heap has bytes:', ask('Runtime.getHeapUsage').usedSize > 0);
