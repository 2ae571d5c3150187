#!/usr/bin/env python3
"""Calls all that JavaScript can reach with odd values and looks for signals and internal errors.

    api_fuzz.py [--program PROGRAM] [--seed N] [--calls N] [--jobs N] [UNIT...]

PROGRAM takes node's command line. UNIT is a module (node:fs), a binding (binding:fs) or `globals`; all when none is
given. api/program.js makes the calls, in processes of their own: where one dies, its last line of the log names
the call, and the rest goes on behind it without that function. A finding is repeated with

    api_fuzz.py --program PROGRAM --seed N --first CALL --calls 1 UNIT       (or from an earlier CALL on)
"""

import argparse
import concurrent.futures
import multiprocessing
import os
import re
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))
import confined
import e2e
import node_like

SECONDS = 60
DEATHS = 12  # A unit is given up after so many.
QUICK_CALLS = 1500
LOG_FD = 990  # No odd value is so high.

MODULES = """assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns
dns/promises domain events fs fs/promises http http2 https inspector module net os path path/posix path/win32 perf_hooks process punycode
querystring readline readline/promises repl sqlite stream stream/consumers stream/promises stream/web string_decoder test timers timers/promises
tls tty url util util/types v8 vm wasi worker_threads zlib"""
BINDINGS = """async_context_frame async_wrap blob block_list buffer builtins cares_wrap config constants contextify credentials crypto encoding_binding
encoding errors fs fs_dir fs_event_wrap heap_utils http2 http_parser icu internal_only_v8 js_stream js_udp_wrap locks messaging mksnapshot
module_wrap modules options os performance permission pipe_wrap process_methods process_wrap report sea serdes signal_wrap spawn_sync sqlite
stream_pipe stream_wrap string_decoder symbols task_queue tcp_wrap timers tls_wrap trace_events tty_wrap types udp_wrap url url_pattern util uv v8
wasi wasm_web_api worker zlib"""
# What Node has not: dv8's own modules and their bindings.
DV8_MODULES = """assets core debugger dns fs httpParser libz loop openssl os picoHttpParser posix process serve shmem socket thread timer
tty udp unicode"""
DV8_BINDINGS = """assets buffer dv8_debugger dv8_digest dv8_dns dv8_http dv8_libz dv8_loop dv8_pico_http dv8_serve dv8_stream
dv8_system dv8_thread dv8_tls dv8_udp host payload process repl signal stdio timers util"""
UNITS = ["globals", *("node:" + name for name in MODULES.split()), *("binding:" + name for name in BINDINGS.split()),
         *("dv8:" + name for name in DV8_MODULES.split())]
# Those that only the standard library's own files call, which check what they pass: to be named on the command line.
INNER = ["binding:dv8/" + name for name in DV8_BINDINGS.split()]

# Fatal, but what any program that wants too much gets.
OUT_OF_MEMORY = re.compile(r"out of memory|heap limit|Array buffer allocation failed|invalid array length|invalid table size|FATAL.*[Aa]llocation", re.I)
INTERNAL = re.compile(r"internal error|check failed|runtime error:|AddressSanitizer|ThreadSanitizer|UNREACHABLE|Assertion .* failed", re.I)

sandbox = None


def start(program_folder, work):
    global sandbox
    confined.die_with_parent()
    binds = [(program_folder, work + "/bin"), (HERE + "/api", work + "/api")]
    sandbox = confined.Sandbox(f"dv8fuzz-{os.getpid()}", binds)


class Finding:
    def __init__(self, unit, seed, call, what, text):
        self.unit, self.seed, self.call, self.what, self.text = unit, seed, call, what, text

    def __str__(self):
        return f"{self.unit} seed {self.seed}: {self.what}: {self.call}\n{self.text}".rstrip()


def one_process(work, program, unit, seed, first, calls, skipped):
    """(exit code, the log's last line, stderr) of one run of program.js."""
    folder = tempfile.mkdtemp(prefix="run-", dir=work)
    if os.geteuid() == 0:
        os.chown(folder, confined.NOBODY, confined.NOBODY)
    argv = [program, "--expose-internals", "--expose-gc", "--no-warnings", work + "/api/program.js", unit, str(seed), str(first), str(calls), str(LOG_FD), *skipped]
    try:
        with tempfile.TemporaryFile() as log, tempfile.TemporaryFile() as err:
            code = sandbox.run(argv, folder, {"PATH": "/usr/bin:/bin", "HOME": folder}, (log.fileno(), err.fileno()), SECONDS, LOG_FD)
            log.seek(0)
            lines = log.read().decode("utf-8", "replace").splitlines()
            err.seek(0)
            text = err.read(1 << 20).decode("utf-8", "replace")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return code, lines[-1] if lines else "", text

def fuzz(work, program, unit, seed, first, calls):
    """Findings of one unit, and whether it is there."""
    findings, skipped, end = [], [], first + calls
    while first < end and len(findings) < DEATHS:
        code, last, err = one_process(work, program, unit, seed, first, end - first, skipped)
        if last.startswith("absent"):
            return unit, findings, last
        if last == "done" and code == 0 and not INTERNAL.search(err):
            break
        number = last.split(" ")[0]
        if OUT_OF_MEMORY.search(err) or code == -9:
            what = None  # -9 is the limit of memory.
        elif code is None:
            what = f"does not end within {SECONDS} s"
        elif code < 0:
            what = f"signal {-code}"
        elif INTERNAL.search(err):
            what = "internal error"
        else:
            what = f"ends early with exit code {code}"
        if what:
            findings.append(Finding(unit, seed, last, what, "\n".join(err.splitlines()[:12])))
        if not number.isdigit():
            break
        name = re.match(r"\d+ (?:new )?(.*?)\(", last)
        if name:
            skipped.append(name.group(1))
        first = int(number) + 1
    return unit, findings, None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", help="what takes node's command line; by default node_program.js is packed")
    parser.add_argument("--seed", type=int, default=None, help="a random one when not given")
    parser.add_argument("--first", type=int, default=0, metavar="CALL")
    parser.add_argument("--calls", type=int, default=QUICK_CALLS, help="of each unit")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--report", metavar="FILE", help="append findings there, too")
    parser.add_argument("units", nargs="*", metavar="UNIT", help=f"of: {' '.join(UNITS + INNER)}")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(4), "little")
    program = os.path.realpath(options.program or node_like.pack(e2e.scratch("node"), *(f"--include=dv8:{name}" for name in DV8_MODULES.split())))
    print(f"seed {seed}", flush=True)
    work = os.path.realpath(tempfile.mkdtemp(prefix="dv8fuzz-", dir="/tmp"))
    os.chmod(work, 0o755)
    for name in ("bin", "api"):
        os.mkdir(os.path.join(work, name))
    failed = ran = 0
    try:
        context = multiprocessing.get_context("fork")
        with concurrent.futures.ProcessPoolExecutor(options.jobs, context, start, (os.path.dirname(program), work)) as pool:
            inside = f"{work}/bin/{os.path.basename(program)}"
            pending = [pool.submit(fuzz, work, inside, unit, seed, options.first, options.calls) for unit in options.units or UNITS]
            for done in concurrent.futures.as_completed(pending):
                unit, findings, absent = done.result()
                if absent:
                    print(f"{unit}: {absent}")
                    continue
                ran += 1
                # A call may end the program as Node's would (an error in a handler of errors): it is told, and no fault.
                failed += sum("ends early with exit code" not in str(finding) for finding in findings)
                for finding in findings:
                    print(finding, flush=True)
                    if options.report:
                        with open(options.report, "a", encoding="utf-8") as file:
                            file.write(f"{finding}\n\n")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"{ran} units, {failed} findings")
    return 1 if failed or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
