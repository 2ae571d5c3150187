// Sessions in clear text and over TLS: requests, bodies both ways, trailers, pushes, files, pings, settings, resets, ends.
const fs = require('fs');
const http = require('http');
const http2 = require('http2');
const https = require('https');
const net = require('net');
const os = require('os');
const path = require('path');
const { once } = require('events');

const { cert, key } = require('../_certificate.js');
const { constants } = http2;
const body = async (stream) => {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
};
const listen = async (server) => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
};
const ask = async (session, headers, data) => {
  const request = session.request(headers);
  request.end(data);
  const [got] = await once(request, 'response');
  return { got, text: (await body(request)).toString() };
};

async function streams() {
  const file = path.join(os.tmpdir(), `http2-sessions-${process.pid}`);
  fs.writeFileSync(file, 'of a file '.repeat(20000));
  const server = http2.createServer({ settings: { maxConcurrentStreams: 50, customSettings: { 1244: 456 } } });
  server.on('stream', async (stream, headers) => {
    switch (headers[':path']) {
      case '/echo': {
        const got = await body(stream);
        stream.respond({ ':status': 201, 'content-length': got.length, 'set-cookie': ['a=1', 'b=2'] });
        return stream.end(got);
      }
      case '/trailers':
        stream.respond({ ':status': 200 }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'x-end': 'yes' }));
        return stream.end('with trailers');
      case '/info':
        stream.additionalHeaders({ ':status': 103, link: '</a.css>' });
        stream.respond({ ':status': 204 }, { endStream: true });
        return;
      case '/push':
        stream.pushStream({ ':path': '/pushed' }, (error, pushed) => {
          pushed.respond({ ':status': 200, 'x-pushed': '1' });
          pushed.end('pushed');
        });
        stream.respond();
        return stream.end('pushing');
      case '/file':
        return stream.respondWithFile(file, { 'content-type': 'text/plain' }, { offset: 3, length: 100000 });
      case '/fd': {
        const fd = fs.openSync(file);
        stream.on('close', () => fs.closeSync(fd));
        return stream.respondWithFD(fd);
      }
      case '/no-file':
        return stream.respondWithFile(`${file}-not`, {}, { onError: (error) => (stream.respond({ ':status': 404 }), stream.end(error.code)) });
      case '/reset':
        return stream.on('error', () => {}).close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
      case '/slow':
        stream.respond();
        for (let i = 0; i < 5; i++) {
          if (!stream.write(Buffer.alloc(40000, i))) await once(stream, 'drain');
        }
        return stream.end();
    }
  });
  const session = http2.connect(`http://127.0.0.1:${await listen(server)}`, { remoteCustomSettings: [1244] });
  session.on('stream', async (stream, headers) => {
    stream.on('push', (got) => console.log('push', headers[':path'], got['x-pushed']));
    console.log('push says', (await body(stream)).toString());
  });
  await once(session, 'remoteSettings');
  console.log(session.remoteSettings.maxConcurrentStreams, session.remoteSettings.customSettings, session.alpnProtocol, session.encrypted);
  const echo = await ask(session, { ':path': '/echo', ':method': 'POST' }, 'to and fro');
  console.log(echo.got[':status'], echo.got['content-length'], echo.got['set-cookie'], echo.text);
  const request = session.request({ ':path': '/trailers' });
  request.on('trailers', (got) => console.log('trailers', got['x-end']));
  console.log((await body(request)).toString());
  const informed = session.request({ ':path': '/info' });
  informed.on('headers', (got) => console.log('informed', got[':status'], got.link));
  console.log((await once(informed, 'response'))[0][':status'], informed.resume().readableLength);
  console.log((await ask(session, { ':path': '/push' })).text);
  const part = await ask(session, { ':path': '/file' });
  console.log(part.got['content-type'], part.text.length, part.text.slice(0, 12));
  console.log((await ask(session, { ':path': '/fd' })).text.length);
  const missing = await ask(session, { ':path': '/no-file' });
  console.log(missing.got[':status'], missing.text);
  console.log(await ask(session, { ':path': '/reset' }).catch((error) => `${error.code} ${error.message}`));
  const all = await Promise.all(Array.from({ length: 20 }, () => ask(session, { ':path': '/slow' })));
  console.log(all.length, all.every(({ text }) => text.length === 200000));
  console.log(await new Promise((done) => session.ping(Buffer.from('8 bytes.'), (error, took, payload) => done(payload.toString()))));
  await new Promise((done) => session.settings({ enablePush: false }, done));
  console.log(session.localSettings.enablePush);
  session.goaway(0, 0, Buffer.from('bye'));
  session.close();
  await once(session, 'close');
  server.close();
  fs.unlinkSync(file);
  console.log(session.destroyed, session.closed);
}

async function secure() {
  const server = http2.createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
    response.setHeader('x-version', request.httpVersion);
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end(`${request.method} ${request.url} ${request.socket.alpnProtocol}`);
  });
  const port = await listen(server);
  const session = http2.connect(`https://localhost:${port}`, { ca: cert, checkServerIdentity() {} });
  await once(session, 'connect');
  console.log(session.alpnProtocol, session.encrypted, session.originSet.length);
  const { got, text } = await ask(session, { ':path': '/over-tls', [http2.sensitiveHeaders]: ['authorization'], authorization: 'secret' });
  console.log(got['x-version'], text);
  session.close();
  const [response] = await once(https.get({ port, path: '/old', ca: cert, checkServerIdentity() {} }), 'response');
  console.log(response.headers['x-version'], (await body(response)).toString());
  server.close();
}

async function faults() {
  const server = http2.createServer((request, response) => response.end('ok'));
  server.on('sessionError', (error) => console.log('session', error.code));
  const port = await listen(server);
  const plain = net.connect(port, '127.0.0.1', () => plain.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
  plain.resume().on('error', () => {});
  await once(plain, 'close');
  const web = http.createServer((request, response) => response.end());
  const session = http2.connect(`http://127.0.0.1:${await listen(web)}`);
  console.log('client', (await once(session, 'error'))[0].code);
  web.close();
  const good = http2.connect(`http://127.0.0.1:${port}`);
  good.on('error', () => {});
  for (const headers of [{ ':path': 1, connection: 'close' }, { ':wrong': 'x' }]) {
    try {
      good.request(headers);
    } catch (error) {
      console.log(error.code, error.message);
    }
  }
  const other = http2.connect(`http://127.0.0.1:${port}`);
  other.on('error', () => {});
  const request = other.request({ ':path': '/' });
  request.close(constants.NGHTTP2_CANCEL);
  await once(request, 'close');
  console.log(request.rstCode, request.destroyed);
  other.close();
  good.destroy();
  server.close();
}

console.log(http2.getPackedSettings({ headerTableSize: 1, enablePush: false }).toString('hex'), http2.getUnpackedSettings(Buffer.from('00050000ffff', 'hex')).maxFrameSize);
streams().then(secure).then(faults);
