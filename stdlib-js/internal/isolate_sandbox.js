// The globals of an isolate with `sandbox: true`. Its context is a new one, without the program's library: this function's
// text is all that it is given, and runs before the program does. Nothing here may name what is outside of the function.

export function sandbox(native, given, wire) {
  native.setWire(wire.take, wire.give);

  function isFunction(value) { return typeof value === 'function'; }

  function joined(values) {
    let text = '';
    for (let i = 0; i < values.length; i++) text += (i === 0 ? '' : ' ') + (values[i] ?? '');
    return text;
  }

  const isolate = {
    log(...values) { native.log(`${joined(values)}\n`); },
    exit(value = undefined) {
      native.exit(value);
      for (;;); // Here it ends.
    },
    eval(text, name = 'eval') { return native.evaluate(`${text}`, `${name}`); },
    data: given.data,
    env: given.env,
    system: given.system,
  };

  function printer(name) {
    return (...values) => {
      if (isFunction(isolate.env?.[name])) isolate.env[name](`${joined(values)}\n`);
      else isolate.log(...values);
    };
  }

  function timer(repeats) {
    return (callback, delay = 1, ...rest) => {
      if (!isFunction(callback)) throw new TypeError('a timer needs a function');
      return native.setTimer(rest.length === 0 ? callback : () => callback(...rest), delay >= 1 ? Math.min(delay, 2 ** 31 - 1) : 1, repeats);
    };
  }

  function clear(id) { if (typeof id === 'number') native.clearTimer(id); }

  const begun = new Map();
  const log = printer('stdout');
  const start = native.now();
  const values = {
    global: globalThis,
    isolate,
    runtime: {
      toBuffer(text, nullTerminate = false) { return native.encode(nullTerminate ? `${text}\0` : `${text}`); },
      bufferToString(buffer) { return native.decode(buffer); },
      syncRPC(promise) { return native.wait(promise); },
      debug() {},
    },
    kernel: { version() { return { runtime: [0, 1, 4], v8: native.v8() }; } },
    console: {
      log,
      error: printer('stderr'),
      time(label) { begun.set(`${label}`, Date.now()); },
      timeEnd(label) {
        if (!begun.has(`${label}`)) return;
        log(`${label}: ${Date.now() - begun.get(`${label}`)}ms`);
        begun.delete(`${label}`);
      },
    },
    performance: { now() { return native.now() - start; } },
    setTimeout: timer(false),
    setInterval: timer(true),
    clearTimeout: clear,
    clearInterval: clear,
  };
  for (const name of Object.keys(values)) {
    Object.defineProperty(globalThis, name, { value: values[name], writable: true, configurable: true, enumerable: false });
  }
  // What would need limits of its own.
  delete globalThis.WebAssembly;
}
