// Web streams, Blob, compression, stream/consumers.
const { text, json, buffer } = require('stream/consumers');
const web = require('stream/web');
const { Readable } = require('stream');
const { Blob: NodeBlob } = require('buffer');
console.log(web.ReadableStream === ReadableStream, NodeBlob === Blob);
(async () => {
  const source = new ReadableStream({ start(c) { c.enqueue('a'); c.enqueue('b'); c.close(); } });
  const upper = new TransformStream({ transform(chunk, c) { c.enqueue(chunk.toUpperCase()); } });
  const parts = [];
  for await (const chunk of source.pipeThrough(upper)) parts.push(chunk);
  console.log(parts);
  const [x, y] = new ReadableStream({ pull(c) { c.enqueue(1); c.close(); } }).tee();
  console.log((await x.getReader().read()).value, (await y.getReader().read()).value);
  const seen = [];
  const writable = new WritableStream({ write(chunk) { seen.push(chunk); } }, new CountQueuingStrategy({ highWaterMark: 2 }));
  const writer = writable.getWriter();
  await writer.write('w');
  await writer.close();
  console.log(seen, writer.desiredSize);
  const failing = new ReadableStream({ start(c) { c.error(new Error('bad')); } });
  await failing.getReader().read().catch((error) => console.log(error.message));
  console.log(await text(Readable.from(['ä', 'b'])), await json(Readable.from(['{"a"', ':1}'])), await buffer(Readable.from([Buffer.from('z')])));
  const blob = new Blob(['ab', new Uint8Array([99, 100]), new Blob(['e'])], { type: 'Text/Plain' });
  console.log(blob, blob.size, blob.type, await blob.text(), await blob.slice(1, 3).text(), (await blob.arrayBuffer()).byteLength, await text(blob.stream()));
  console.log(await blob.slice(-2).text(), blob.slice(0, 1, 'x/y').type);
  const encoded = new ReadableStream({ start(c) { c.enqueue('€\ud83d'); c.enqueue('\ude00'); c.close(); } }).pipeThrough(new TextEncoderStream());
  console.log(await text(encoded.pipeThrough(new TextDecoderStream()).pipeThrough(new TextEncoderStream())));
  const packed = new Blob(['compress me '.repeat(100)]).stream().pipeThrough(new CompressionStream('gzip'));
  console.log((await text(packed.pipeThrough(new DecompressionStream('gzip')))).length);
  try {
    new Blob('x');
  } catch (error) {
    console.log(error.name, error.code);
  }
})();
