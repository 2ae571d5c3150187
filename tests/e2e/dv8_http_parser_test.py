#!/usr/bin/env python3
"""dv8:httpParser and dv8:picoHttpParser: what is in the work buffer, on their own and on sockets."""

import contextlib
import os
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

PRELUDE = """
import { HTTPParser, REQUEST, RESPONSE, METHODS } from 'dv8:httpParser';
import { PicoHTTPParser } from 'dv8:picoHttpParser';
import { Socket, TCP } from 'dv8:socket';
const attempt = (f) => { try { console.log(f()); } catch (e) { console.log(`${e.name}: ${e.message}`); } };
const head = (w) => {
  const url = w.readUInt16BE(5), size = w.readUInt16BE(7);
  return [[...w.subarray(0, 5)].join(' '), w.toString('latin1', 16, 16 + url), JSON.stringify(w.toString('latin1', 16 + url, 16 + url + size))].join(' | ');
};
const make = (text, mode, { work = 1024, Parser = HTTPParser } = {}) => {
  const input = Buffer.from(Buffer.from(text, 'latin1')), w = Buffer.alloc(work), parser = new Parser();
  parser.setup(input, w);
  Parser === HTTPParser ? parser.reset(mode) : parser.reset();
  parser.onHeaders(() => console.log('headers', head(w)));
  parser.onBody((n, at) => console.log('body', n, JSON.stringify(input.toString('latin1', at, at + n))));
  parser.onRequest(() => console.log('end'));
  parser.onError((errno, message) => console.log('error', errno, message));
  return { parser, input, w };
};
const parse = (text, mode = REQUEST, options = {}) => {
  const { parser, input } = make(text, mode, options);
  console.log(parser.execute(input.length) === input.length);
  return parser;
};
"""


class Base(e2e.TestCase):
    def lines(self, source, *options):
        result = e2e.run([self.pack_source(PRELUDE + source, *options, name="main.mjs")])
        self.assertEqual((result.code, result.err), (0, ""), result)
        return result.out.splitlines()


class ParserTest(Base):
    def test_constants(self):
        self.assertEqual(self.lines("console.log(REQUEST, RESPONSE, METHODS[1], METHODS[3], METHODS[33]);"), ["0 1 GET POST SOURCE"])

    def test_the_layout_of_a_request(self):
        self.assertEqual(
            self.lines(r"parse('PUT /a?b=c HTTP/1.1\r\nHost: x\r\nA-Long-Name:  value with blanks\r\n\r\n');"),
            [r'headers 1 1 4 0 1 | /a?b=c | "Host: x\r\nA-Long-Name: value with blanks\r\n"', "end", "true"],
        )

    def test_upgrade_and_keep_alive(self):
        self.assertEqual(
            self.lines(
                r"parse('GET / HTTP/1.0\r\n\r\n'); parse('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');"
                r"parse('GET /w HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x01');"
            ),
            [
                'headers 1 0 1 0 0 | / | ""', "end", "true",
                r'headers 1 0 1 0 1 | / | "Connection: keep-alive\r\n"', "end", "true",
                r'headers 1 1 1 1 1 | /w | "Connection: upgrade\r\nUpgrade: websocket\r\n"', "end", "false",
            ],
        )

    def test_the_layout_of_a_response(self):
        self.assertEqual(
            self.lines(r"parse('HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno', RESPONSE);"),
            [r'headers 1 1 1 148 1 |  | "Content-Length: 2\r\n"', 'body 2 "no"', "end", "true"],
        )

    def test_a_parser_of_responses_tells_their_end(self):
        self.assertEqual(self.lines(
            r"const input = Buffer.from('HTTP/1.1 204 No\r\n\r\n'), parser = new HTTPParser(); parser.setup(input, Buffer.alloc(64)); parser.reset(RESPONSE);"
            "parser.onResponse(() => console.log('response')); parser.execute(input.length);"
        ), ["response"])

    def test_a_response_without_a_length_ends_with_the_input(self):
        self.assertEqual(
            self.lines(r"const p = parse('HTTP/1.0 200 OK\r\n\r\nabc', RESPONSE); console.log(p.execute(0));"),
            ['headers 1 0 0 200 0 |  | ""', 'body 3 "abc"', "true", "end", "0"],
        )

    def test_on_headers_may_say_that_there_is_no_body(self):
        out = self.lines(
            r"const { parser, input } = make('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 204 No\r\n\r\n', RESPONSE);"
            r"parser.onHeaders(() => true); parser.execute(input.length);"
        )
        self.assertEqual(out, ["end", "end"])

    def test_chunks_and_pipelines(self):
        self.assertEqual(
            self.lines(
                r"parse('POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n'"
                r" + 'GET /d HTTP/1.1\r\n\r\n'.repeat(2));"
            ),
            [
                r'headers 1 1 3 0 1 | /c | "Transfer-Encoding: chunked\r\n"', 'body 3 "abc"', 'body 2 "de"', "end",
                'headers 1 1 1 0 1 | /d | ""', "end", 'headers 1 1 1 0 1 | /d | ""', "end", "true",
            ],
        )

    def test_every_split_gives_the_same(self):
        source = r"""
        const text = 'POST /url/longer HTTP/1.1\r\nHost: example\r\nContent-Length: 5\r\n\r\nhelloGET /2 HTTP/1.1\r\nA: b\r\n\r\n';
        const results = new Set();
        for (const Parser of [HTTPParser, PicoHTTPParser]) {
          for (let step = 1; step <= text.length; step++) {
            const input = Buffer.alloc(200), w = Buffer.alloc(200), parser = new Parser();
            let log = '';
            parser.setup(input, w);
            Parser === HTTPParser ? parser.reset(REQUEST) : parser.reset();
            parser.onHeaders(() => { log += head(w); });
            parser.onBody((n, at) => { log += input.toString('latin1', at, at + n); });
            parser.onRequest(() => { log += '.'; });
            parser.onError((n, m) => { log += m; });
            for (let at = 0; at < text.length; at += step) {
              const n = input.write(text.slice(at, at + step), 'latin1');
              if (parser.execute(n) !== n) log += '!';
            }
            results.add(log);
          }
        }
        for (const log of results) console.log(log);
        """
        self.assertEqual(
            self.lines(source),
            [r'1 1 3 0 1 | /url/longer | "Host: example\r\nContent-Length: 5\r\n"hello.1 1 1 0 1 | /2 | "A: b\r\n".'],
        )

    def test_heads_that_do_not_fit_are_errors(self):
        source = r"""
        for (const Parser of [HTTPParser, PicoHTTPParser]) {
          parse(`GET /${'u'.repeat(100)} HTTP/1.1\r\n\r\n`, REQUEST, { work: 100, Parser });
          parse(`GET / HTTP/1.1\r\n${'H: v\r\n'.repeat(20)}\r\n`, REQUEST, { work: 100, Parser });
          parse(`GET / HTTP/1.1\r\n\r\n`, REQUEST, { work: 15, Parser });
          parse(`GET /${'u'.repeat(65535)} HTTP/1.1\r\n\r\n`, REQUEST, { work: 1 << 20, Parser });
          parse(`GET / HTTP/1.1\r\nA: ${'u'.repeat(65535)}\r\n\r\n`, REQUEST, { work: 1 << 20, Parser });
          // It fits to the last byte.
          parse(`GET /${'u'.repeat(77)} HTTP/1.1\r\nH: v\r\n\r\n`, REQUEST, { work: 100, Parser });
        }
        """
        first = "error 24 HPE_USER: the head of the message does not fit the work buffer of "
        second = "error -1 the head of the request does not fit the work buffer of "
        fits = rf'headers 1 1 1 0 1 | /{"u" * 77} | "H: v\r\n"'
        expected = []
        for message in (first, second):
            for size in (100, 100, 15, 1 << 20, 1 << 20):
                expected += [f"{message}{size} bytes", "false"]
            expected += [fits, "end", "true"]
        self.assertEqual(self.lines(source), expected)

    def test_errors(self):
        self.assertEqual(
            self.lines(
                r"const p = parse('G@T / HTTP/1.1\r\n\r\n'); console.log(p.execute(3)); p.reset(REQUEST);"
                r"parse('GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n'); const q = parse('GET / HT'); q.execute(0);"
            ),
            [
                "error 6 HPE_INVALID_METHOD: Invalid method encountered", "false", "0",
                "error 11 HPE_INVALID_CONTENT_LENGTH: Invalid character in Content-Length", "false",
                "true", "error 14 HPE_INVALID_EOF_STATE: Invalid EOF state",
            ],
        )

    def test_pause_and_resume(self):
        source = r"""
        const { parser, input } = make('GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 4\r\n\r\nbodyGET /3 HTTP/1.1\r\n\r\n', REQUEST);
        let count = 0;
        parser.onRequest(() => { console.log('end', ++count); if (count === 1) parser.pause(); });
        console.log(parser.execute(input.length) < input.length, parser.execute(input.length));
        parser.onBody((n) => { console.log('body', n); parser.pause(); });
        console.log(parser.resume() < input.length);
        console.log(parser.resume() === input.length);
        const q = make('GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n', REQUEST);
        q.parser.onHeaders(() => { q.parser.pause(); q.parser.resume(); });
        console.log(q.parser.execute(q.input.length) === q.input.length);
        """
        self.assertEqual(
            self.lines(source),
            [
                'headers 1 1 1 0 1 | /1 | ""', "end 1", "true 0",
                r'headers 1 1 3 0 1 | /2 | "Content-Length: 4\r\n"', "body 4", "true",
                "end 2", 'headers 1 1 1 0 1 | /3 | ""', "end 3", "true", "end", "end", "true",
            ],
        )

    def test_reset_in_a_callback_gives_the_rest_up(self):
        source = r"""
        const { parser, input } = make('GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n', REQUEST);
        parser.onRequest(() => { console.log('end'); parser.reset(RESPONSE); });
        parser.execute(input.length);
        input.write('HTTP/1.1 204 No Content\r\n\r\n');
        parser.execute(27);
        """
        self.assertEqual(self.lines(source), ['headers 1 1 1 0 1 | /1 | ""', "end", 'headers 1 1 0 204 1 |  | ""', "end"])

    def test_misuse(self):
        source = r"""
        for (const Parser of [HTTPParser, PicoHTTPParser]) {
          const p = new Parser(), b = new Uint8Array(64);
          const reset = (...args) => (Parser === HTTPParser ? p.reset(REQUEST, ...args) : p.reset(...args));
          attempt(() => p.execute(1));
          attempt(() => reset());
          attempt(() => p.setup(b));
          attempt(() => p.setup(b, new ArrayBuffer(8, { maxByteLength: 16 })));
          p.setup(b, b);
          attempt(() => reset({}));
          attempt(() => reset(p));
          attempt(() => p.execute(65));
          attempt(() => p.execute(-1));
          attempt(() => p.execute(NaN));
          attempt(() => p.onHeaders(1));
          attempt(() => Parser());
          attempt(() => Parser.prototype.onHeaders.call({}, () => {}));
          // A callback that calls execute, and one that throws.
          const q = make('GET / HTTP/1.1\r\n\r\n', REQUEST, { Parser });
          q.parser.onHeaders(() => { attempt(() => q.parser.execute(1)); });
          q.parser.onRequest(() => { throw new Error('mine'); });
          attempt(() => q.parser.execute(q.input.length));
          // Other buffers in a callback, and none that are kept.
          const r = make('GET / HTTP/1.1\r\n\r\n'.repeat(2), REQUEST, { Parser });
          r.parser.onHeaders(() => { r.parser.setup(new Uint8Array(1), new Uint8Array(100)); });
          attempt(() => r.parser.execute(r.input.length));
          // Input and work buffer are the same memory: nonsense, but no more.
          const same = Buffer.alloc(300);
          same.write('GET /' + 'x'.repeat(200) + ' HTTP/1.1\r\nA: b\r\n\r\n');
          const s = new Parser();
          s.setup(same, same);
          Parser === HTTPParser ? s.reset(REQUEST) : s.reset();
          attempt(() => s.execute(300) <= 300);
        }
        attempt(() => new HTTPParser().reset(2));
        """
        both = [
            "RangeError: execute: length 1 at offset 0 is outside the buffer of 0 bytes",
            "Error: reset: setup(readBuf, workBuf) comes first",
            "TypeError: setup: the work buffer must be a Buffer with memory, an ArrayBuffer or a typed array",
            "TypeError: setup: the work buffer must not be a resizable ArrayBuffer",
            "TypeError: reset: the socket must be a Socket",
            "TypeError: reset: the socket must be a Socket",
            "RangeError: execute: length 65 at offset 0 is outside the buffer of 64 bytes",
            "RangeError: execute: length -1 at offset 0 is outside the buffer of 64 bytes",
            "RangeError: execute: length NaN and offset 0 must be whole numbers of bytes",
            "TypeError: onHeaders: the callback must be a function",
            "TypeError: Class constructor %s cannot be invoked without 'new'",
            "TypeError: Illegal invocation",
            "Error: execute: the parser runs already; this is one of its callbacks",
            "Error: mine",
            "end", "end", "36",
            "true",
        ]
        expected = []
        for name in ("HTTPParser", "PicoHTTPParser"):
            expected += [line % name if "%s" in line else line for line in both]
        expected.append("RangeError: reset: mode 2 is not a whole number from 0 to 1")
        self.assertEqual(self.lines(source), expected)

    def test_pico_is_strict(self):
        source = r"""
        const heads = ['G@T / HTTP/1.1', 'GET  / HTTP/1.1', 'GET / HTTP/2.0', 'GET /\x01 HTTP/1.1', 'GET / HTTP/1.1\r\nA : b',
          'GET / HTTP/1.1\r\nA: b\r\n c', 'GET / HTTP/1.1\r\nA: b\x00', 'GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1',
          'GET / HTTP/1.1\r\nContent-Length: +1', 'GET / HTTP/1.1\r\nTransfer-Encoding: chunked',
          'GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked', 'GET / HTTP/1.1\r\n' + 'a: b\r\n'.repeat(128) + 'a: b'];
        for (const text of heads) parse(`${text}\r\n\r\n`, 0, { Parser: PicoHTTPParser, work: 4096 });
        """
        text = "error -1 the request cannot be read: "
        reasons = [
            "the method is no token", "the target is empty or has control characters", "the version is not HTTP/1.0 or HTTP/1.1",
            "the target is empty or has control characters", "a header's name is no token", "a header's name is no token",
            "a header's value has control characters", "Content-Length is no number, or is there twice",
            "Content-Length is no number, or is there twice", "its body is chunked; dv8:httpParser reads these",
            "Transfer-Encoding is not chunked alone", "there are more than 128 headers",
        ]
        self.assertEqual(self.lines(source), [line for reason in reasons for line in (text + reason, "false")])


SERVER = """
import { HTTPParser, REQUEST } from 'dv8:httpParser';
import { PicoHTTPParser } from 'dv8:picoHttpParser';
import { Socket, TCP } from 'dv8:socket';
const Parser = process.argv[2] === 'pico' ? PicoHTTPParser : HTTPParser;
const server = new Socket(TCP);
server.onConnect(() => {
  const socket = new Socket(TCP), input = Buffer.alloc(4096), work = Buffer.alloc(2048);
  socket.setup(input, Buffer.alloc(4096));
  const parser = new Parser();
  parser.setup(input, work);
  Parser === HTTPParser ? parser.reset(REQUEST, socket) : parser.reset(socket);
  let body = '', keep, url;
  parser.onHeaders(() => {
    keep = work[4] === 1;
    if (work[3] === 1) socket.onRead((n) => { socket.writeText('raw ' + input.toString('latin1', 0, n)); });
    url = work.toString('latin1', 16, 16 + work.readUInt16BE(5));
  });
  parser.onBody((n, at) => { body += input.toString('latin1', at, at + n); });
  parser.onRequest(() => {
    if (url === '/throw') throw new Error('thrown');
    if (url === '/pause') { parser.pause(); setTimeout(() => parser.resume(), 20); }
    const text = `${url} ${body}\\n`;
    body = '';
    socket.writeText(`HTTP/1.1 200 OK\\r\\nContent-Length: ${text.length}\\r\\n\\r\\n${text}`);
    if (url === '/close' || !keep) socket.close();
    if (url === '/quit') { server.close(); socket.close(); }
  });
  socket.onEnd(() => socket.close());
  parser.onError((errno, message) => { socket.writeText(`HTTP/1.1 400 Bad\\r\\nContent-Length: 0\\r\\n\\r\\n`); socket.close(); });
  return socket;
});
process.on('uncaughtException', (e) => console.log('uncaught', e.message));
server.listen('127.0.0.1', 0);
console.log(server.portNumber());
"""


class FormsTest(e2e.TestCase):
    def test_the_modules_are_had_in_every_way(self):
        names = {"httpParser": "HTTPParser", "picoHttpParser": "PicoHTTPParser", "libz": "ZLib", "openssl": "SecureSocket"}
        for name, wanted in names.items():
            source = f"for (const all of [module('{name}', {{}}), library('{name}', {{}}), require('{name}')]) console.log(typeof all.{wanted});"
            self.assertEqual(e2e.run([self.pack_source(source, "--env=core")]).out, "function\n" * 3, name)
        imports = "".join(f"import {{ {wanted} }} from 'dv8:{name}'; console.log(typeof {wanted});" for name, wanted in names.items())
        self.assertEqual(e2e.run([self.pack_source(imports, name="main.mjs")]).out, "function\n" * 4)


class SocketTest(Base):
    @classmethod
    def setUpClass(cls):
        cls.app = cls().pack_source(SERVER, name="main.mjs")

    def start(self, kind):
        process = subprocess.Popen([self.app, kind], stdout=subprocess.PIPE, env=e2e.CLEAN_ENV, text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process, int(process.stdout.readline())

    def ask(self, port, data, pieces=1):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
            for i in range(pieces):
                peer.sendall(data[i * len(data) // pieces : (i + 1) * len(data) // pieces])
            with contextlib.suppress(OSError):  # The server may be done with it already.
                peer.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := peer.recv(65536):
                answer += piece
        return answer.decode("latin1")

    def answer(self, text):
        return f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}"

    def test_curl_pipelines_and_errors(self):
        for kind in ("llhttp", "pico"):
            with self.subTest(kind):
                process, port = self.start(kind)
                base = f"http://127.0.0.1:{port}"
                # Two requests on one connection.
                result = e2e.run(["curl", "-sv", f"{base}/a", f"{base}/b", "-d", "x=1"])
                self.assertEqual(result.out, "/a x=1\n/b x=1\n", result)
                self.assertEqual(result.err.count("Connected to"), 1, result.err)
                large = "y" * 100000
                self.assertEqual(e2e.run(["curl", "-s", "--data-binary", "@-", "-H", "Expect:", base], stdin=large).out, f"/ {large}\n")
                get = b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"
                pipeline = b"".join(get % i for i in range(500))
                expected = "".join(self.answer(f"/{i} \n") for i in range(500))
                self.assertEqual(self.ask(port, pipeline), expected)
                self.assertEqual(self.ask(port, get % 1, pieces=20), self.answer("/1 \n"))
                self.assertIn("400 Bad", self.ask(port, b"G@T / HTTP/1.1\r\n\r\n"))
                # It comes in one read: a close before all is read would cut the answer too.
                self.assertIn("400 Bad", self.ask(port, b"GET / HTTP/1.1\r\nA: " + b"b" * 3000 + b"\r\n\r\n"))
                # What follows a close in a callback is not answered.
                self.assertEqual(self.ask(port, b"GET /close HTTP/1.1\r\n\r\n" + get % 2), self.answer("/close \n"))
                # A callback that throws ends in the program's handler; the next request is read.
                self.assertEqual(self.ask(port, b"GET /throw HTTP/1.1\r\n\r\n" + get % 3), self.answer("/3 \n"))
                self.assertEqual(process.stdout.readline(), "uncaught thrown\n")
                self.assertEqual(self.ask(port, b"GET /quit HTTP/1.1\r\n\r\n"), self.answer("/quit \n"))
                self.assertEqual(process.wait(20), 0)

    def test_pause_and_upgrade(self):
        _, port = self.start("llhttp")
        get = b"GET /after HTTP/1.1\r\n\r\n"
        self.assertEqual(self.ask(port, b"GET /pause HTTP/1.1\r\n\r\n" + get), self.answer("/pause \n") + self.answer("/after \n"))
        upgrade = b"GET /u HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
        self.assertEqual(self.ask(port, upgrade + b"next"), self.answer("/u \n") + "raw next")

    def test_shutdown_in_a_callback(self):
        for kind in ("HTTPParser", "PicoHTTPParser"):
            # The second request is not told any more.
            source = """
            import { shutdown } from 'dv8:core';
            const server = new Socket(TCP), client = new Socket(TCP);
            server.onConnect(() => {
              const socket = new Socket(TCP), input = Buffer.alloc(512), parser = new Parser();
              socket.setup(input, Buffer.alloc(16));
              parser.setup(input, Buffer.alloc(512));
              Parser === HTTPParser ? parser.reset(REQUEST, socket) : parser.reset(socket);
              parser.onRequest(() => { shutdown(); console.log('shut'); });
              return socket;
            });
            server.listen('127.0.0.1', 0);
            client.setup(new Uint8Array(8));
            client.onConnect(() => client.writeText('GET / HTTP/1.1\\r\\n\\r\\n'.repeat(2)));
            client.connect('127.0.0.1', server.portNumber());
            setInterval(() => {}, 1000);
            """
            self.assertEqual(self.lines(f"const Parser = {kind};" + source), ["shut"], kind)

    def test_parsers_and_sockets_are_collected(self):
        source = """
        import { gc } from 'dv8:core';
        let made = 0, closed = 0, freed = 0;
        const registry = new FinalizationRegistry(() => { freed++; });
        const server = new Socket(TCP);
        server.onConnect(() => {
          const socket = new Socket(TCP), input = Buffer.alloc(512);
          const Parser = made++ % 2 ? HTTPParser : PicoHTTPParser;
          const parser = new Parser();
          registry.register(parser, 1);
          parser.setup(input, Buffer.alloc(512));
          Parser === HTTPParser ? parser.reset(REQUEST, socket) : parser.reset(socket);
          parser.onRequest(() => socket.close());
          socket.setup(undefined, Buffer.alloc(16));
          socket.onClose(() => { closed++; });
          return socket;
        });
        server.listen('127.0.0.1', 0);
        const next = () => {
          if (closed === 60) {
            let turns = 0;
            const wait = () => { gc(); if (freed < 55 && turns++ < 100) setTimeout(wait, 10); else { console.log(freed >= 55); server.close(); } };
            wait();
            return;
          }
          const client = new Socket(TCP);
          client.setup(new Uint8Array(100), new Uint8Array(100));
          client.onConnect(() => client.writeText('GET / HTTP/1.1\\r\\n\\r\\n'));
          client.onEnd(() => client.close());
          client.onClose(() => setTimeout(next, 0));
          client.connect('127.0.0.1', server.portNumber());
        };
        next();
        """
        self.assertEqual(self.lines(source, "--v8-flags=--expose-gc"), ["true"])


if __name__ == "__main__":
    e2e.main()
