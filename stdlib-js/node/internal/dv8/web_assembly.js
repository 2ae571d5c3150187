// What Node's WebAssembly has and V8 does not put into a snapshot: the compilation of a Response (WebAssembly Web API),
// and JavaScript Promise Integration, which is installed when it is first asked for.
'use strict';

const {
  ArrayPrototypeForEach,
  ArrayPrototypePush,
  ObjectDefineProperty,
  Promise,
  PromisePrototypeThen,
  ReflectDeleteProperty,
  StringPrototypeReplace,
} = primordials;
const { implementation, installPromiseIntegration } = internalBinding('wasm_web_api');
const { isAnyArrayBuffer, isArrayBufferView } = require('internal/util/types');
const { Buffer } = require('buffer');
const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');

const { compile, instantiate } = WebAssembly;

// The bytes of a chunk of the body.
function bytesOf(chunk) {
  if (isArrayBufferView(chunk)) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (isAnyArrayBuffer(chunk)) return Buffer.from(chunk);
  throw new ERR_INVALID_ARG_TYPE('chunk', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], chunk);
}

// Compiles for the function `name`, which V8's errors name.
function compileResponse(source, name) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    implementation()({
      push(chunk) { ArrayPrototypePush(chunks, bytesOf(chunk)); },
      finish() {
        PromisePrototypeThen(compile(Buffer.concat(chunks)), resolve, (error) => {
          error.message = StringPrototypeReplace(error.message, 'WebAssembly.compile()', `WebAssembly.${name}()`);
          reject(error);
        });
      },
      abort: reject,
      setURL() {},
    }, source);
  });
}

/** compileStreaming(source) → Promise of a WebAssembly.Module; `source` is a Response or a promise of one. */
function compileStreaming(source) { return compileResponse(source, 'compileStreaming'); }

/** instantiateStreaming(source, imports) → Promise of {module, instance}. */
function instantiateStreaming(source, imports = undefined) {
  return PromisePrototypeThen(compileResponse(source, 'instantiateStreaming'), (module) =>
    PromisePrototypeThen(instantiate(module, imports), (instance) => ({ module, instance })));
}

const PROMISE_INTEGRATION = ['Suspending', 'promising', 'SuspendError'];

function define(name, value) {
  ObjectDefineProperty(WebAssembly, name,
                       { __proto__: null, configurable: true, enumerable: false, value, writable: true });
}

function defineAtFirstUse(name) {
  ObjectDefineProperty(WebAssembly, name, {
    __proto__: null,
    configurable: true,
    enumerable: false,
    get() {
      ArrayPrototypeForEach(PROMISE_INTEGRATION, (each) => ReflectDeleteProperty(WebAssembly, each));
      if (installPromiseIntegration()) return WebAssembly[name];
      ArrayPrototypeForEach(PROMISE_INTEGRATION, defineAtFirstUse);
      return undefined;
    },
    set(value) { define(name, value); },
  });
}

module.exports = function extendWebAssembly() {
  define('compileStreaming', compileStreaming);
  define('instantiateStreaming', instantiateStreaming);
  ArrayPrototypeForEach(PROMISE_INTEGRATION, defineAtFirstUse);
};
