#!/usr/bin/env python3
"""The debugger: Chrome DevTools' protocol with a real client, and what it refuses."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import cdp
import e2e


class DebuggerTest(e2e.TestCase):
    def start(self, argv, **kwargs):
        """The process, its port and its WebSocket's address."""
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV, **kwargs)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        line = process.stderr.readline().decode()
        found = re.fullmatch(r"Debugger listening on (ws://127\.0\.0\.1:(\d+)/[0-9a-f-]{36})\n", line)
        self.assertIsNotNone(found, line)
        return process, int(found[2]), found[1]

    def connect(self, url):
        client = cdp.Client(url)
        self.addCleanup(client.close)
        return client

    def app_script(self, client):
        client.call("Runtime.enable")
        client.call("Debugger.enable")
        return client.wait_for("Debugger.scriptParsed", lambda script: script["url"].startswith("/app/"))

    def place(self, frame, source_map):
        return source_map.original(frame["location"]["lineNumber"], frame["location"]["columnNumber"])

    def local(self, client, frame, name):
        scope = next(s for s in frame["scopeChain"] if s["type"] == "local")
        names = client.call("Runtime.getProperties", objectId=scope["object"]["objectId"])["result"]
        return next(p for p in names if p["name"] == name)["value"]["value"]

    def check_session(self, process, url):
        client = self.connect(url)
        script = self.app_script(client)
        source_map = cdp.SourceMap(script["sourceMapURL"])
        self.assertIn(e2e.program_text("main.ts"), source_map.json["sourcesContent"])
        line, column = source_map.generated("main.ts", 5)
        set_at = client.call("Debugger.setBreakpointByUrl", url=script["url"], lineNumber=line, columnNumber=column)
        self.assertEqual(len(set_at["locations"]), 1, set_at)
        client.call("Runtime.runIfWaitingForDebugger")
        first = client.wait_for("Debugger.paused")
        self.assertEqual(first["reason"], "Break on start")
        client.call("Debugger.resume")
        paused = client.wait_for("Debugger.paused")
        frame = paused["callFrames"][0]
        self.assertEqual(paused["hitBreakpoints"], [set_at["breakpointId"]])
        self.assertEqual((frame["functionName"], self.place(frame, source_map)), ("total", ("main.ts", 5)))
        self.assertEqual(self.local(client, frame, "sum"), 0)
        read = client.call("Debugger.evaluateOnCallFrame", callFrameId=frame["callFrameId"], expression="item.price * 10")
        self.assertEqual(read["result"]["value"], 30)
        client.call("Debugger.stepOver")
        frame = client.wait_for("Debugger.paused")["callFrames"][0]
        self.assertEqual(self.place(frame, source_map), ("main.ts", 4))
        self.assertEqual(self.local(client, frame, "sum"), 3)
        # Stepping out of the function goes to its caller, not into the library.
        client.call("Debugger.removeBreakpoint", breakpointId=set_at["breakpointId"])
        client.call("Debugger.stepOut")
        frame = client.wait_for("Debugger.paused")["callFrames"][0]
        self.assertEqual(self.place(frame, source_map), ("main.ts", 11))
        client.call("Debugger.resume")
        logged = client.wait_for("Runtime.consoleAPICalled")
        self.assertEqual([each["value"] for each in logged["args"]], ["total", 7])
        # At its end the program says so.
        while (last := client.receive_frame())[0] == 1:
            pass
        self.assertEqual(last, (8, b""))
        self.assertEqual(process.stdout.read(), b"total 7\n")
        self.assertEqual(process.wait(20), 0)

    def test_run_inspect_brk(self):
        folder = e2e.scratch("src")
        e2e.write_tree(folder, {"main.ts": e2e.program_text("main.ts")})
        process, _, url = self.start([e2e.dv8pack(), "run", "--inspect-brk=0", os.path.join(folder, "main.ts")])
        self.check_session(process, url)

    def test_run_inspect(self):
        folder = e2e.scratch("src")
        e2e.write_tree(folder, {"main.js": "globalThis.answer = 42; setTimeout(() => {}, 60000); console.log('ready');"})
        process, _, url = self.start([e2e.dv8pack(), "run", "--inspect=0", os.path.join(folder, "main.js")])
        self.assertEqual(process.stdout.readline(), b"ready\n")
        client = self.connect(url)
        self.assertEqual(client.call("Runtime.evaluate", expression="answer")["result"]["value"], 42)
        client.send(json.dumps({"id": 99, "method": "Runtime.evaluate", "params": {"expression": "process.exit(5)"}}))
        self.assertEqual(process.wait(20), 5)

    def test_baked_in(self):
        for options in (["--inspect-brk=127.0.0.1:0"], ["--inspect-brk=0", "--snapshot=none", "--compress=lz4"]):
            with self.subTest(options):
                app = self.pack_program("main.ts", *options)
                process, _, url = self.start([app])
                self.check_session(process, url)

    def test_no_port_without_the_option(self):
        app = self.pack_source("console.log(process.argv.slice(2).join(), process.execArgv.length);")
        for env in ({"NODE_OPTIONS": "--inspect"}, {"NODE_OPTIONS": "--inspect-brk=0"}):
            self.assert_runs([app, "--inspect-brk=0"], out="--inspect-brk=0 0\n", env=env)

    def test_loop_is_interrupted(self):
        app = self.pack_source("let turns = 0; console.log('ready'); for (;;) turns++;", "--inspect=0")
        process, _, url = self.start([app])
        self.assertEqual(process.stdout.readline(), b"ready\n")
        client = self.connect(url)
        self.app_script(client)
        client.call("Debugger.pause")
        paused = client.wait_for("Debugger.paused")
        frame = paused["callFrames"][0]["callFrameId"]
        read = client.call("Debugger.evaluateOnCallFrame", callFrameId=frame, expression="turns > 0")
        self.assertIs(read["result"]["value"], True)
        # A client that goes away lets the program go on; another one comes back to it.
        client.close()
        client = self.connect(url)
        self.app_script(client)
        client.call("Debugger.pause")
        client.wait_for("Debugger.paused")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(20), -signal.SIGTERM)

    def test_idle_program(self):
        app = self.pack_source(
            "globalThis.answer = 42; setTimeout(() => process.exit(3), 60000); console.log('ready');", "--inspect=0"
        )
        process, _, url = self.start([app])
        self.assertEqual(process.stdout.readline(), b"ready\n")
        first, second = self.connect(url), self.connect(url)
        self.assertEqual(first.call("Runtime.evaluate", expression="answer")["result"]["value"], 42)
        promise = second.call("Runtime.evaluate", expression="Promise.resolve(answer + 1)", awaitPromise=True)
        self.assertEqual(promise["result"]["value"], 43)
        # A message in frames, one of 100 kB, and a ping between them.
        second.last += 1
        text = json.dumps({"id": second.last, "method": "Runtime.evaluate", "params": {"expression": f"'{'x' * 100000}'.length"}})
        second.send(text, pieces=7)
        second.send_frame(0x89, b"hello")
        answers = [second.receive_frame() for _ in range(2)]
        self.assertIn((10, b"hello"), answers)
        self.assertTrue(any(b"100000" in payload for _, payload in answers), answers)
        second.send_frame(0x88, b"\x03\xe8")
        self.assertEqual(second.receive_frame(), (8, b"\x03\xe8"))
        first.send(json.dumps({"id": 99, "method": "Runtime.evaluate", "params": {"expression": "process.exit(5)"}}))
        self.assertEqual(process.wait(20), 5)

    def test_http(self):
        app = self.pack_source("setInterval(() => {}, 1000);", "--inspect=0")
        _, port, url = self.start([app])
        status, body = cdp.http_get(port, "/json/version")
        self.assertEqual((status, json.loads(body)["Protocol-Version"]), (200, "1.1"))
        for target in ("/json", "/json/list"):
            status, body = cdp.http_get(port, target)
            self.assertEqual(status, 200)
            (entry,) = json.loads(body)
            self.assertEqual((entry["webSocketDebuggerUrl"], entry["type"]), (url, "node"))
        self.assertEqual(cdp.http_get(port, "/else"), (400, "WebSockets request was expected\n"))
        # A page's own name for this machine.
        for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "[::1", "127.0.0.1:x", " "):
            self.assertEqual(cdp.http_get(port, "/json", host)[0], 400, host)
        for host in ("localhost", f"LOCALHOST:{port}", "[::1]:80", "10.0.0.1"):
            self.assertEqual(cdp.http_get(port, "/json", host)[0], 200, host)
        with self.assertRaises(AssertionError):
            cdp.Client(f"ws://127.0.0.1:{port}/00000000-0000-4000-8000-000000000000")

    def test_broken_clients(self):
        app = self.pack_source("setInterval(() => {}, 1000);", "--inspect=0")
        process, port, url = self.start([app])
        for data in (b"\0" * 20000, b"GET / HTTP/9.9\r\n\r\n", b"GET\r\n\r\n", b"x" * 9000, b"GET / HTTP/1.1\r\n: x\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", port), 10) as peer:
                peer.sendall(data)
                self.assertTrue(peer.recv(4096).startswith(b"HTTP/1.1 400 "), data[:20])
        # Not masked, a reserved bit, a long control frame, a continuation of nothing, more than the limit.
        for frame in (b"\x81\x01x", b"\xf1\x80\0\0\0\0", b"\x89\xfe\0\x80\0\0\0\0", b"\x80\x80\0\0\0\0", b"\x81\xff\x7f" + b"\xff" * 7 + b"\0\0\0\0"):
            client = self.connect(url)
            client.peer.sendall(frame)
            with self.assertRaises((EOFError, ConnectionResetError)):
                client.receive_frame()
        client = self.connect(url)
        client.send("not JSON")
        self.assertIn("error", client.receive())
        self.assertEqual(client.call("Runtime.evaluate", expression="1 + 1")["result"]["value"], 2)
        self.assertIsNone(process.poll())

    def test_module(self):
        app = self.pack_program("module.js")
        process = subprocess.Popen([app], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        urls = [process.stderr.readline().decode().split()[-1] for _ in range(3)]
        client = self.connect(urls[-1])
        client.call("Runtime.enable")
        client.call("Debugger.enable")
        client.call("Runtime.runIfWaitingForDebugger")
        frame = client.wait_for("Debugger.paused")["callFrames"][0]["callFrameId"]
        value = client.call("Debugger.setVariableValue", scopeNumber=0, variableName="seen", newValue={"value": "changed"}, callFrameId=frame)
        self.assertEqual(value, {})
        client.call("Debugger.resume")
        out = process.stdout.read().decode()
        self.assertEqual(
            out,
            "".join(f"RangeError open: port {bad} is not a whole number from 0 to 65535\n" for bad in (-1, 65536, 1.5, "x"))
            + "EINVAL listen\nundefined\nEALREADY\ntrue true\nopened\nchanged\n",
        )
        self.assertEqual(process.wait(20), 0)

    def test_node_inspector(self):
        app = self.pack_program("node_inspector.mjs")
        process = subprocess.Popen([app], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=e2e.CLEAN_ENV)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        lines = [process.stderr.readline().decode() for _ in range(4)]
        self.assertEqual(lines[1], "For help, see: https://nodejs.org/en/docs/inspector\n")
        url = re.fullmatch(r"Debugger listening on (ws://127\.0\.0\.1:\d+/[0-9a-f-]{36})\n", lines[2])[1]
        _, body = cdp.http_get(int(url.split(":")[2].split("/")[0]), "/json/version")
        self.assertEqual(json.loads(body)["Browser"], "node.js/v24.21.0")
        client = self.connect(url)
        self.assertEqual(process.stderr.readline(), b"Debugger attached.\n")
        client.call("Runtime.enable")
        client.call("Debugger.enable")
        client.call("Runtime.runIfWaitingForDebugger")
        frame = client.wait_for("Debugger.paused")["callFrames"][0]["callFrameId"]
        client.call("Debugger.setVariableValue", scopeNumber=0, variableName="seen", newValue={"value": "changed"}, callFrameId=frame)
        client.call("Debugger.resume")
        # It ends when its client has gone.
        self.assertEqual(process.stderr.readline(), b"Waiting for the debugger to disconnect...\n")
        client.wait_for("Runtime.executionContextDestroyed")
        client.close()
        self.assertEqual(process.stdout.read().decode(), "usr1 undefined\nERR_INSPECTOR_ALREADY_ACTIVATED\ntrue true\nundefined\nchanged\n")
        self.assertEqual(process.wait(20), 0)

    def test_taken_port(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            app = self.pack_source("console.log('runs');", f"--inspect={port}")
            self.assert_runs([app], out="runs\n", err=f"Debugger not listening: EADDRINUSE: [WILDLINE], listen 127.0.0.1:{port}\n")

    def test_a_server_without_descriptors_waits_and_goes_on(self):
        # The limit is the program's own: a client connects while it has no descriptor left.
        app = self.pack_program("a_server_without_descriptors_waits_and_goes_on.js")
        process, port, url = self.start(["bash", "-c", 'ulimit -n 40; exec "$0"', app])
        self.assertEqual(process.stdout.readline(), b"EMFILE\n")
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            client.sendall(b"GET /json/version HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertEqual(process.stdout.readline(), b"true\n")
            self.assertIn(b"200 OK", client.recv(4096))

    def test_options(self):
        folder = e2e.scratch("src")
        e2e.write_tree(folder, {"main.js": "1;"})
        entry = os.path.join(folder, "main.js")
        for value in ("x", "70000", "host:", ":1", "1:2:x"):
            self.assert_runs(
                [e2e.dv8pack(), f"--inspect={value}", entry, "-o", os.path.join(folder, "app")],
                err=f"dv8pack: error: --inspect is a port from 0 to 65535 or an address and a port, not '{value}'\n", code=2,
            )
        self.assert_runs(
            [e2e.dv8pack(), "--inspect", "--snapshot=app", entry, "-o", os.path.join(folder, "app")],
            err="dv8pack: error: --inspect needs the app's code as it starts: --snapshot=app has run it already\n", code=2,
        )


if __name__ == "__main__":
    e2e.main()
