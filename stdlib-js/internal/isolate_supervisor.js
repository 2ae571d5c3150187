// One place for an isolate, where another one follows when it ends, or is replaced without a gap.
import { duplicate, listenOn } from 'internal:dv8_isolate';
import { closeFd } from 'internal:dv8_stream';
import { clearTimeout } from './services.js';

const { setTimeout } = globalThis;

const FIRST_PAUSE = 100; // Milliseconds until it is started again; twice as many each time,
const LONGEST_PAUSE = 10_000; // up to this.
const CALM = 10_000; // Who has lived for so long starts with the first again.
const DRAIN = 30_000; // For what one that is replaced still has to do.

function hasFailed(value, reason) { return reason !== undefined || (typeof value === 'number' && value !== 0); }

export function supervise(spawn, options) {
  const { restart = 'on-failure', backOff = {}, drain = DRAIN, listen, onRestart } = options;
  if (!['always', 'on-failure', 'never'].includes(restart)) throw new TypeError(`isolate.supervise: restart is 'always', 'on-failure' or 'never', not '${restart}'`);
  const socket = listen === undefined ? undefined : listenOn(`${listen.address ?? '0.0.0.0'}`, listen.port ?? 0);
  const firstPause = backOff.first ?? FIRST_PAUSE;
  let settings = options;
  let pause = firstPause;
  let timer;
  let isStopped = false;
  let current;

  function launch() {
    const started = Date.now();
    const one = { drain: undefined, hasEnded: false };
    one.serving = new Promise((resolve) => { one.tellServing = resolve; });
    one.end = new Promise((resolve) => { one.tellEnd = resolve; });
    const data = socket === undefined ? settings.data : { ...settings.data, listen: duplicate(socket.fd) };
    const serving = (end) => {
      one.drain = end;
      one.tellServing();
    };
    one.isolate = spawn({
      ...settings,
      data,
      env: { ...settings.env, serving },
      onExit(value, reason) {
        one.hasEnded = true;
        one.tellEnd();
        settings.onExit?.(value, reason);
        if (one === current && !isStopped) follow(value, reason, Date.now() - started);
      },
    });
    return one;
  }

  function follow(value, reason, life) {
    if (restart === 'never' || (restart === 'on-failure' && !hasFailed(value, reason))) return close();
    if (life > CALM) pause = firstPause;
    onRestart?.(value, reason, pause);
    timer = setTimeout(() => { current = launch(); }, pause);
    pause = Math.min(pause * 2, backOff.most ?? LONGEST_PAUSE);
    return undefined;
  }

  function close() {
    if (isStopped) return;
    isStopped = true;
    clearTimeout(timer);
    if (socket !== undefined) closeFd(socket.fd);
  }

  async function drained(one) {
    if (one.hasEnded) return;
    const late = setTimeout(() => one.isolate.kill(), drain);
    // One that listens may have accepted connections before its serving() arrives here.
    if (socket !== undefined) await Promise.race([one.serving, one.end]);
    if (one.drain === undefined) one.isolate.kill();
    else one.drain().catch(() => {});
    await one.end;
    clearTimeout(late);
  }

  current = launch();

  return {
    /** The port of the socket that its isolates listen on. */
    port: socket?.port,
    /** Starts the next isolate, with other options if there are; when it serves, the one before it is to end. */
    async replace(changes = {}) {
      settings = { ...settings, ...changes };
      const next = launch();
      await Promise.race([next.serving, next.end]);
      if (next.hasEnded) throw new Error('isolate.supervise: the next isolate ended before it called isolate.env.serving()');
      const before = current;
      current = next;
      clearTimeout(timer);
      await drained(before);
    },
    /** Ends the isolate, when it has done what it has to do; no other follows. */
    async stop() {
      close();
      await drained(current);
    },
  };
}
