// The domains of DevTools' protocol that are Node's and not V8's: what a session asks of them, and the events of
// theirs that lib/ and programs emit. Sessions are numbers.
'use strict';

const {
  ArrayPrototypeForEach,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  Error,
  JSONStringify,
  NumberIsInteger,
  ObjectEntries,
  ObjectKeys,
  SafeMap,
  SafeSet,
  String,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  Symbol,
  TypeError,
} = primordials;

const { Buffer } = require('buffer');
const { getOptionValue } = require('internal/options');
const binding = internalBinding('inspector');

const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMETERS = -32602;
const SERVER_ERROR = -32000;
const SESSION_NOT_FOUND = -32001;
const MAX_BUFFERED = 100 * 1024 * 1024;
const MAX_READ = 1 << 20;

class ProtocolError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const sessions = new SafeMap();
const resources = new SafeMap(); // By URL: what Network.loadNetworkResource() opens and IO.read() reads.

function sessionOf(number) {
  let session = sessions.get(number);
  if (session === undefined) {
    session = {
      number, attaches: false, enabled: new SafeSet(), limits: {}, offsets: new SafeMap(), requests: new SafeMap(), storages: new SafeMap(),
      targets: new SafeMap(), workers: new SafeMap(),
    };
    sessions.set(number, session);
    if (getOptionValue('--experimental-worker-inspection')) {
      session.enabled.add('Target');
      watchWorkers();
      ArrayPrototypeForEach(binding.workers(), ({ id, title, url }) => { addTarget(session, id, title, url, false); });
    }
  }
  return session;
}

function tell(session, method, params = {}) { binding.tell(session.number, JSONStringify({ method, params })); }

function parameter(params, name, type) {
  // eslint-disable-next-line valid-typeof
  if (typeof params?.[name] !== type || params[name] === null) throw new ProtocolError(INVALID_PARAMETERS, `Invalid parameters: ${name} is no ${type}`);
  return params[name];
}

// What an event must have. An object of them is one of the event's properties; HEADERS has texts only.
const HEADERS = Symbol('headers');
const BYTES = Symbol('bytes');
const REQUEST = { url: 'string', method: 'string', headers: HEADERS };
const RESPONSE = { url: 'string', status: 'integer', statusText: 'string', headers: HEADERS };
const WEBSOCKET_RESPONSE = { status: 'integer', statusText: 'string', headers: HEADERS };
const STORAGE_ID = { securityOrigin: 'string', storageKey: 'string' };

function check(value, type, name, place) {
  // eslint-disable-next-line no-restricted-syntax
  const refuse = (text) => { throw new TypeError(text); };
  const missing = () => refuse(`Missing ${name} in ${place}`);
  if (type === 'integer' ? !NumberIsInteger(value) : typeof type === 'string' && typeof value !== type) missing();
  if (typeof type === 'string') return;
  if (typeof value !== 'object' || value === null) missing();
  if (type === HEADERS) {
    const names = ObjectKeys(value);
    for (let i = 0; i < names.length; i++) if (typeof value[names[i]] !== 'string') refuse(`Invalid header value in ${place}`);
  } else if (type === BYTES) {
    if (!(require('internal/util/types').isUint8Array(value))) refuse(`Expected ${name} to be Uint8Array in ${place}`);
  } else {
    const isStorage = type === STORAGE_ID;
    const entries = ObjectEntries(type);
    for (let i = 0; i < entries.length; i++) {
      const { 0: key, 1: of } = entries[i];
      check(value[key], of, isStorage ? key : `${name}.${key}`, isStorage ? name : place);
    }
  }
}

function checkEvent(params, wanted) {
  const entries = ObjectEntries(wanted);
  for (let i = 0; i < entries.length; i++) check(params[entries[i][0]], entries[i][1], entries[i][0], 'event');
}

function keep(session, request, list, bytes) {
  if (request.size + bytes.length > session.limits.resource) return;
  ArrayPrototypePush(list, bytes);
  request.size += bytes.length;
  session.limits.used += bytes.length;
  // The oldest go first.
  while (session.limits.used > session.limits.total && session.requests.size > 0) forget(session, session.requests.keys().next().value);
}

function forget(session, id) {
  const request = session.requests.get(id);
  if (request === undefined) return;
  session.limits.used -= request.size;
  session.requests.delete(id);
}

const initiator = () => ({ type: 'script', stack: { callFrames: binding.callFrames() } });
const storageId = ({ securityOrigin, storageKey, isLocalStorage }) => ({ securityOrigin, isLocalStorage: isLocalStorage === true, storageKey });

const EVENTS = {
  '__proto__': null,
  'Network.requestWillBeSent'(session, params) {
    checkEvent(params, { requestId: 'string', timestamp: 'number', wallTime: 'number', request: REQUEST });
    const { requestId, timestamp, wallTime, charset, request: { url, method, headers, hasPostData } } = params;
    if (session.requests.has(requestId)) return;
    session.requests.set(requestId, {
      received: [], receivedText: false, responded: false, sent: [], sentAll: hasPostData !== true, sentText: charset === 'utf-8', size: 0, streams: false,
    });
    tell(session, 'Network.requestWillBeSent', {
      requestId, request: { url, method, headers, hasPostData: hasPostData === true }, initiator: initiator(), timestamp, wallTime,
    });
  },
  'Network.responseReceived'(session, params) {
    checkEvent(params, { requestId: 'string', timestamp: 'number', type: 'string', response: RESPONSE });
    const { requestId, timestamp, type, response: { url, status, statusText, headers, mimeType = '', charset = '' } } = params;
    const request = session.requests.get(requestId);
    if (request === undefined) return;
    request.receivedText = charset === 'utf-8';
    tell(session, 'Network.responseReceived', { requestId, timestamp, type, response: { url, status, statusText, headers, mimeType, charset } });
  },
  'Network.loadingFailed'(session, params) {
    checkEvent(params, { requestId: 'string', timestamp: 'number', type: 'string', errorText: 'string' });
    const { requestId, timestamp, type, errorText } = params;
    tell(session, 'Network.loadingFailed', { requestId, timestamp, type, errorText });
    forget(session, requestId);
  },
  'Network.loadingFinished'(session, params) {
    checkEvent(params, { requestId: 'string', timestamp: 'number' });
    const { requestId, timestamp } = params;
    tell(session, 'Network.loadingFinished', { requestId, timestamp });
    const request = session.requests.get(requestId);
    if (request === undefined) return;
    if (request.streams) forget(session, requestId);
    else request.responded = true;
  },
  'Network.dataSent'(session, params) {
    checkEvent(params, { requestId: 'string' });
    const request = session.requests.get(params.requestId);
    if (request === undefined) return;
    if (params.finished === true) {
      request.sentAll = true;
      return;
    }
    checkEvent(params, { timestamp: 'number', dataLength: 'integer', data: BYTES });
    keep(session, request, request.sent, params.data);
  },
  'Network.dataReceived'(session, params) {
    checkEvent(params, { requestId: 'string', timestamp: 'number', dataLength: 'integer', encodedDataLength: 'integer', data: BYTES });
    const { requestId, timestamp, dataLength, encodedDataLength, data } = params;
    const request = session.requests.get(requestId);
    if (request === undefined) return;
    if (!request.streams) keep(session, request, request.received, data);
    else tell(session, 'Network.dataReceived', { requestId, timestamp, dataLength, encodedDataLength, data: Buffer.from(data).toString('base64') });
  },
  'Network.webSocketCreated'(session, params) {
    checkEvent(params, { requestId: 'string', url: 'string' });
    tell(session, 'Network.webSocketCreated', { requestId: params.requestId, url: params.url, initiator: initiator() });
  },
  'Network.webSocketClosed'(session, params) {
    checkEvent(params, { requestId: 'string', timestamp: 'number' });
    tell(session, 'Network.webSocketClosed', { requestId: params.requestId, timestamp: params.timestamp });
  },
  'Network.webSocketHandshakeResponseReceived'(session, params) {
    checkEvent(params, { requestId: 'string', timestamp: 'number', response: WEBSOCKET_RESPONSE });
    const { requestId, timestamp, response: { status, statusText, headers } } = params;
    tell(session, 'Network.webSocketHandshakeResponseReceived', { requestId, timestamp, response: { status, statusText, headers } });
  },
  'DOMStorage.domStorageItemAdded'(session, params) {
    checkEvent(params, { storageId: STORAGE_ID, key: 'string', newValue: 'string' });
    tell(session, 'DOMStorage.domStorageItemAdded', { storageId: storageId(params.storageId), key: params.key, newValue: params.newValue });
  },
  'DOMStorage.domStorageItemRemoved'(session, params) {
    checkEvent(params, { storageId: STORAGE_ID, key: 'string' });
    tell(session, 'DOMStorage.domStorageItemRemoved', { storageId: storageId(params.storageId), key: params.key });
  },
  'DOMStorage.domStorageItemUpdated'(session, params) {
    checkEvent(params, { storageId: STORAGE_ID, key: 'string', oldValue: 'string', newValue: 'string' });
    const { key, oldValue, newValue } = params;
    tell(session, 'DOMStorage.domStorageItemUpdated', { storageId: storageId(params.storageId), key, oldValue, newValue });
  },
  'DOMStorage.domStorageItemsCleared'(session, params) {
    checkEvent(params, { storageId: STORAGE_ID });
    tell(session, 'DOMStorage.domStorageItemsCleared', { storageId: storageId(params.storageId) });
  },
  'DOMStorage.registerStorage'(session, params) {
    checkEvent(params, { isLocalStorage: 'boolean', storageMap: {} });
    let storage = session.storages.get(params.isLocalStorage);
    if (storage === undefined) session.storages.set(params.isLocalStorage, storage = new SafeMap());
    const entries = ObjectEntries(params.storageMap);
    for (let i = 0; i < entries.length; i++) storage.set(entries[i][0], String(entries[i][1]));
  },
};

function requestOf(session, params) {
  const request = session.requests.get(parameter(params, 'requestId', 'string'));
  if (request === undefined) throw new ProtocolError(INVALID_PARAMETERS, 'Request not found');
  return request;
}

// Sockets and requests are watched while a session has turned the domain on.
function trackNetwork() {
  if (!getOptionValue('--experimental-network-inspection')) return;
  let wanted = false;
  sessions.forEach(({ enabled }) => { wanted ||= enabled.has('Network'); });
  const tracking = require('internal/inspector_network_tracking');
  if (wanted) tracking.enable();
  else tracking.disable();
}

function attachWorker(session, id, title, url, waitingForDebugger) {
  const sessionId = String(session.workers.size + 1);
  const connection = new binding.WorkerConnection((message) => {
    if (!session.workers.get(sessionId)) return;
    if (message !== '') return tell(session, 'NodeWorker.receivedMessageFromWorker', { sessionId, message });
    detachWorker(session, sessionId);
  }, id);
  session.workers.set(sessionId, connection);
  tell(session, 'NodeWorker.attachedToWorker', { sessionId, workerInfo: { workerId: sessionId, type: 'worker', title, url }, waitingForDebugger });
}

function detachWorker(session, sessionId) {
  const connection = session.workers.get(sessionId);
  if (!connection) return;
  session.workers.set(sessionId, null);
  connection.disconnect();
  tell(session, 'NodeWorker.detachedFromWorker', { sessionId });
}

// Of the domain Target: messages of a worker's session have its id in them.
function addTarget(session, id, title, url, waitingForDebugger) {
  const targetInfo = { targetId: String(session.targets.size + 1), type: 'node_worker', title, url, attached: false, canAccessOpener: true };
  const target = { id, targetInfo, waitingForDebugger, connection: undefined };
  session.targets.set(targetInfo.targetId, target);
  tell(session, 'Target.targetCreated', { targetInfo });
  if (session.attaches) attachTarget(session, target);
}

function attachTarget(session, target) {
  const { id, targetInfo, waitingForDebugger } = target;
  if (targetInfo.attached) return;
  const sessionId = targetInfo.targetId;
  try {
    target.connection = new binding.WorkerConnection((message) => {
      if (message === '') target.connection = undefined;
      else binding.tell(session.number, `{"sessionId":"${sessionId}",${StringPrototypeSlice(message, 1)}`);
    }, id);
  } catch {
    return;  // It has ended.
  }
  targetInfo.attached = true;
  tell(session, 'Target.attachedToTarget', { sessionId, targetInfo, waitingForDebugger });
}

// Workers that start are reported to the sessions that have turned NodeWorker or Target on.
function watchWorkers() {
  let any = false;
  let waits = false;
  sessions.forEach(({ enabled, waitsForWorkers }) => {
    any ||= enabled.has('NodeWorker') || enabled.has('Target');
    waits ||= (enabled.has('NodeWorker') || enabled.has('Target')) && waitsForWorkers;
    waits ||= enabled.has('Target') && (getOptionValue('--inspect-brk') || getOptionValue('--inspect-wait'));
  });
  binding.watchWorkers(any ? (id, title, url, waiting) => {
    sessions.forEach((session) => {
      if (session.enabled.has('NodeWorker')) attachWorker(session, id, title, url, waiting);
      if (session.enabled.has('Target')) addTarget(session, id, title, url, waiting);
    });
  } : undefined, waits);
}

const COMMANDS = {
  '__proto__': null,
  'DOMStorage.clear'() { throw new ProtocolError(SERVER_ERROR, 'Not implemented'); },
  'DOMStorage.disable'(session) { session.enabled.delete('DOMStorage'); },
  'DOMStorage.enable'(session) { session.enabled.add('DOMStorage'); },
  'DOMStorage.getDOMStorageItems'(session, params) {
    if (!session.enabled.has('DOMStorage')) throw new ProtocolError(SERVER_ERROR, 'DOMStorage domain is not enabled');
    const isLocal = parameter(parameter(params, 'storageId', 'object'), 'isLocalStorage', 'boolean');
    const registered = session.storages.get(isLocal);
    const entries = [];
    if (registered !== undefined) {
      registered.forEach((value, key) => { ArrayPrototypePush(entries, [key, value]); });
      return { entries };
    }
    let storage;
    try {
      storage = isLocal ? globalThis.localStorage : globalThis.sessionStorage;
    } catch {
      // There is none without a file.
    }
    return { entries: storage === undefined ? entries : ArrayPrototypeMap(ObjectKeys(storage), (key) => [key, storage.getItem(key)]) };
  },
  'DOMStorage.removeDOMStorageItem'() { throw new ProtocolError(SERVER_ERROR, 'Not implemented'); },
  'DOMStorage.setDOMStorageItem'() { throw new ProtocolError(SERVER_ERROR, 'Not implemented'); },
  'IO.close'(session, params) {
    const handle = parameter(params, 'handle', 'string');
    resources.delete(handle);
    session.offsets.delete(handle);
  },
  'IO.read'(session, params) {
    const handle = parameter(params, 'handle', 'string');
    const bytes = resources.get(handle) ?? Buffer.alloc(0);
    const offset = params.offset ?? session.offsets.get(handle) ?? 0;
    const size = params.size ?? MAX_READ;
    if (offset >= bytes.length) return { data: '', eof: true };
    if (params.offset === undefined) session.offsets.set(handle, offset + size);
    return { data: bytes.toString('utf8', offset, offset + size), eof: false };
  },
  'Network.disable'(session) {
    session.enabled.delete('Network');
    trackNetwork();
  },
  'Network.enable'(session, params) {
    session.enabled.add('Network');
    session.requests.clear();
    session.limits = { resource: params?.maxResourceBufferSize ?? MAX_BUFFERED, total: params?.maxTotalBufferSize ?? MAX_BUFFERED, used: 0 };
    trackNetwork();
  },
  'Network.getRequestPostData'(session, params) {
    const request = requestOf(session, params);
    if (!request.sentAll) throw new ProtocolError(INVALID_PARAMETERS, 'Request data is not finished yet');
    if (!request.sentText) throw new ProtocolError(SERVER_ERROR, 'Unable to serialize binary request body');
    return { postData: Buffer.concat(request.sent).toString() };
  },
  'Network.getResponseBody'(session, params) {
    const request = requestOf(session, params);
    if (request.streams) throw new ProtocolError(INVALID_PARAMETERS, 'Response body of the request is been streamed');
    if (!request.responded) throw new ProtocolError(INVALID_PARAMETERS, 'Response data is not finished yet');
    forget(session, params.requestId);
    return { body: Buffer.concat(request.received).toString(request.receivedText ? 'utf8' : 'base64'), base64Encoded: !request.receivedText };
  },
  'Network.loadNetworkResource'(session, params) {
    if (!getOptionValue('--experimental-inspector-network-resource')) {
      throw new ProtocolError(
        SERVER_ERROR,
        'Network resource loading is not enabled. This feature is experimental and requires --experimental-inspector-network-resource flag to be set.');
    }
    const url = parameter(params, 'url', 'string');
    return { resource: resources.has(url) ? { success: true, stream: url } : { success: false } };
  },
  'Network.streamResourceContent'(session, params) {
    const request = requestOf(session, params);
    request.streams = true;
    const bufferedData = Buffer.concat(request.received).toString('base64');
    request.received = [];
    if (request.responded) forget(session, params.requestId);
    return { bufferedData };
  },
  'NodeRuntime.disable'(session) { session.enabled.delete('NodeRuntime'); },
  'NodeRuntime.enable'(session) {
    session.enabled.add('NodeRuntime');
    if (binding.isWaiting()) tell(session, 'NodeRuntime.waitingForDebugger');
  },
  'NodeRuntime.notifyWhenWaitingForDisconnect'(session, params) { session.hearsEnd = parameter(params, 'enabled', 'boolean'); },
  'NodeTracing.getCategories'() {
    return { categories: ['node', 'node.async_hooks', 'node.bootstrap', 'node.console', 'node.dns.native', 'node.environment', 'node.fs.async', 'node.fs.sync',
      'node.fs_dir.async', 'node.fs_dir.sync', 'node.http', 'node.net.native', 'node.perf', 'node.perf.timerify', 'node.perf.usertiming',
      'node.promises.rejections', 'node.threadpoolwork.async', 'node.threadpoolwork.sync', 'node.vm.script', 'v8'] };
  },
  'NodeTracing.start'() { throw new ProtocolError(INVALID_REQUEST, 'Nothing is traced: trace_events is off'); },
  'NodeTracing.stop'(session) { tell(session, 'NodeTracing.tracingComplete'); },
  'NodeWorker.detach'(session, params) { detachWorker(session, parameter(params, 'sessionId', 'string')); },
  'NodeWorker.disable'(session) {
    session.enabled.delete('NodeWorker');
    watchWorkers();
  },
  'NodeWorker.enable'(session, params) {
    session.waitsForWorkers = parameter(params, 'waitForDebuggerOnStart', 'boolean');
    if (!session.enabled.has('NodeWorker')) {
      session.enabled.add('NodeWorker');
      watchWorkers();
      const workers = binding.workers();
      for (let i = 0; i < workers.length; i++) attachWorker(session, workers[i].id, workers[i].title, workers[i].url, false);
    } else {
      watchWorkers();
    }
  },
  'NodeWorker.sendMessageToWorker'(session, params) {
    session.workers.get(parameter(params, 'sessionId', 'string'))?.dispatch(parameter(params, 'message', 'string'));
  },
  'Target.getTargets'(session) {
    const targetInfos = [];
    session.targets.forEach(({ targetInfo }) => { ArrayPrototypePush(targetInfos, targetInfo); });
    return { targetInfos };
  },
  'Target.setAutoAttach'(session, params) {
    session.attaches = parameter(params, 'autoAttach', 'boolean');
    session.waitsForWorkers = parameter(params, 'waitForDebuggerOnStart', 'boolean');
    watchWorkers();
    if (session.attaches) session.targets.forEach((target) => { attachTarget(session, target); });
  },
  'Storage.getStorageKey'() {
    return { storageKey: require('internal/url').pathToFileURL(getOptionValue('--localstorage-file')).href };
  },
};

/** The text of the answer to a message of a session; undefined when its domain is none of these. */
function dispatch(number, { id, method, params, sessionId }) {
  if (!NumberIsInteger(id)) return undefined;
  if (typeof sessionId === 'string') {
    const connection = sessionOf(number).targets.get(sessionId)?.connection;
    if (connection === undefined) return JSONStringify({ error: { code: SESSION_NOT_FOUND, message: 'Session with given id not found.' }, id, sessionId });
    connection.dispatch(JSONStringify({ id, method, params }));
    return '';
  }
  if (StringPrototypeStartsWith(method, 'Target.') && !getOptionValue('--experimental-worker-inspection')) return undefined;
  const command = COMMANDS[method];
  if (command === undefined) {
    const dot = StringPrototypeIndexOf(method, '.') + 1;
    const own = { '__proto__': null, 'DOMStorage.': true, 'IO.': true, 'Network.': true, 'NodeRuntime.': true, 'NodeTracing.': true, 'NodeWorker.': true, 'Target.': true };
    if (!own[StringPrototypeSlice(method, 0, dot)]) return undefined;
    return JSONStringify({ error: { code: METHOD_NOT_FOUND, message: `'${method}' wasn't found` }, id });
  }
  try {
    return JSONStringify({ id, result: command(sessionOf(number), params) ?? {} });
  } catch (error) {
    return JSONStringify({ error: { code: error.code ?? SERVER_ERROR, message: error.message }, id });
  }
}

/** A session has ended. */
function closed(number) {
  const session = sessions.get(number);
  if (session === undefined) return;
  sessions.delete(number);
  session.workers.forEach((connection) => { connection?.disconnect(); });
  session.targets.forEach(({ connection }) => { connection?.disconnect(); });
  if (session.enabled.has('Network')) trackNetwork();
  if (session.enabled.has('NodeWorker') || session.enabled.has('Target')) watchWorkers();
}

/** Tells the sessions that have turned its domain on of an event. */
function emit(name, params) {
  const event = EVENTS[name];
  if (event === undefined) return;
  const domain = StringPrototypeSlice(name, 0, StringPrototypeIndexOf(name, '.'));
  if (!getOptionValue(domain === 'Network' ? '--experimental-network-inspection' : '--experimental-storage-inspection')) return;
  sessions.forEach((session) => { if (session.enabled.has(domain)) event(session, params); });
}

/** What Network.loadNetworkResource() finds at a URL. */
function putResource(url, text) { resources.set(url, Buffer.from(text)); }

/** The thread waits for a client from now on. */
function waiting() {
  sessions.forEach((session) => { if (session.enabled.has('NodeRuntime')) tell(session, 'NodeRuntime.waitingForDebugger'); });
}

/** Tells the sessions that want to hear of it that the program has ended; the numbers of these. */
function ended() {
  const told = [];
  sessions.forEach((session) => {
    if (!session.hearsEnd) return;
    ArrayPrototypePush(told, session.number);
    tell(session, 'NodeRuntime.waitingForDisconnect');
  });
  return told;
}

module.exports = { closed, dispatch, emit, ended, putResource, waiting };
