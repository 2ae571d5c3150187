// WebAssembly.compileStreaming() and instantiateStreaming(): V8's own can lie in no snapshot. A module is compiled when
// all of its bytes are there.
// https://webassembly.github.io/spec/web-api/#streaming-modules
'use strict';

const { ArrayPrototypePush, Promise } = primordials;
const { Buffer } = require('buffer');
const { wasmStreamingCallback } = require('internal/wasm_web_api');
const { compile, instantiate } = globalThis.WebAssembly;

function bytesOf(source) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    wasmStreamingCallback({
      __proto__: null,
      setURL() {},
      push(chunk) { ArrayPrototypePush(chunks, chunk); },
      finish() { resolve(Buffer.concat(chunks)); },
      abort: reject,
    }, source);
  });
}

module.exports = {
  async compileStreaming(source) { return compile(await bytesOf(source)); },
  async instantiateStreaming(source, imports) { return instantiate(await bytesOf(source), imports); },
};
