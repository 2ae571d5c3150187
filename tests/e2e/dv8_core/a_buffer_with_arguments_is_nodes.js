console.log(new Buffer('ab') instanceof Uint8Array, Buffer.alloc(2) instanceof Uint8Array, new Buffer() instanceof Uint8Array);
