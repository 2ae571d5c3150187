"""Which of Node's tests count, and for which module: rules with reasons, for node_conformance.py."""

import re

# A test's module is that of the longest of these that its name (without `test-`) begins with.
MODULES = {
    "abort controller": ["abortcontroller", "abortsignal", "abort-controller", "aborted-util"],
    "assert": ["assert"],
    "async_hooks": ["async-hooks", "async-wrap", "async-local-storage", "asyncresource", "async-context-frame", "als", "emit-after-uncaught-exception",
                    "emit-on-destroyed"],
    "blob": ["blob", "file"],
    "buffer": ["buffer", "atob", "btoa", "stringbytes", "zero-fill", "sharedarraybuffer", "arraybuffer"],
    "child_process": ["child-process", "cwd-enoent", "exec", "spawn", "fork", "init", "set-process-debug-port"],
    "cli": ["cli", "dotenv", "env", "eval", "find-package-json", "node-output", "startup", "bash-completion", "testpy", "parse-test", "unicode-node-options", "package-map", "security-revert",
            "trace-env", "safe-get-env", "deprecation-flags", "stack-size-limit", "max-old-space-size", "preload", "pending-deprecation", "config-file", "config-json",
            "warn", "no-deprecation", "options-binding", "inspect", "env-var", "force-repl", "print", "bad-unicode"],
    "cluster": ["cluster", "listen-fd-cluster"],
    "console": ["console"],
    "crypto": ["crypto", "webcrypto", "x509", "process-versions-openssl"],
    "dgram": ["dgram", "udp"],
    "diagnostics_channel": ["diagnostics-channel", "diagnostic-channel"],
    "dns": ["dns", "c-ares", "resolv"],
    "domain": ["domain", "timers-reset-process-domain-on-throw"],
    "errors": ["errors", "error", "uncaught", "unhandled", "exception", "throw", "domexception", "internal-errors", "source-map", "prepare-stack",
               "util-getcallsites", "err-name-deprecation", "trace-exit"],
    "events": ["event-emitter", "events", "event-capture", "event-on", "add-on-emit", "eventemitter"],
    "event target": ["eventtarget", "event-target", "nodeeventtarget", "customevent"],
    "fetch": ["fetch", "data-url", "whatwg-headers", "websocket", "eventsource", "without-async-context-frame"],
    "fs": ["fs", "filehandle", "file-write-stream", "file-read", "readfile", "sync-fileread", "vfs", "tmpdir"],
    "globals": ["global", "navigator", "webapi", "structuredclone-global", "intl", "icu", "i18n", "web-locks", "weakref", "finalization",
                "primordials", "freeze-intrinsics", "disable-proto", "datetime", "hash-seed", "instanceof", "math-random", "tz-version", "atomics", "regression-object-prototype", "diff",
                "microtask", "queue-microtask", "set-interval", "webstorage", "compression"],
    "http": ["http", "client-request", "set-http-max-http-headers", "outgoing-message", "outgoing", "set-incoming-message-header", "upgrade"],
    "http2": ["http2", "h2", "h2leak"],
    "https": ["https"],
    "inspector": ["inspector", "inspect"],
    "internals": ["internal", "fastutf8stream", "bootstrap-modules", "handle-wrap", "req", "uv", "wrap-js-stream", "js-stream", "binding", "common",
                  "validators", "priority-queue", "fixed-queue", "code-cache", "constants", "compile-cache", "accessor-properties", "gc", "heap",
                  "uv-", "blocklist", "mime", "freelist", "cppheap", "socketaddress", "socket-address", "stream-base"],
    "module": ["module", "require", "esm", "import", "compile", "cjs", "wasm", "vm-module-cached", "sync-io", "symlink", "disable-require", "ts",
               "dynamic-import", "typescript", "delayed-require", "directory-import", "utf8-scripts", "url-fileurltopathbuffer"],
    "net": ["net", "tcp", "pipe", "socket", "listen", "autoselectfamily", "happy-eyeballs", "unix-socket", "ip", "server", "double-tls", "connection", "destroy-socket", "ref-unref-return"],
    "next tick": ["next-tick", "nexttick", "tick"],
    "os": ["os"],
    "path": ["path"],
    "perf_hooks": ["perf-hooks", "performance", "performanceobserver", "tojson-perf", "perf", "hr-time"],
    "process": ["process", "signal", "sigint", "setproctitle", "resource-usage", "debug-process", "dummy-stdio", "kill", "exit", "memory", "beforeexit", "stdio", "umask", "cwd", "report", "release", "config", "title", "abort"],
    "promises": ["promise", "promises", "async", "await"],
    "punycode": ["punycode"],
    "querystring": ["querystring"],
    "readline": ["readline"],
    "repl": ["repl"],
    "sqlite": ["sqlite"],
    "stdin/stdout": ["stdin", "stdout", "stderr"],
    "stream": ["stream", "stream2", "stream3", "streams", "readable", "writable", "duplex", "transform"],
    "string_decoder": ["string-decoder"],
    "structuredClone": ["structuredclone"],
    "messaging": ["messagechannel", "messageport", "messaging", "broadcastchannel", "broadcast-channel", "messageevent", "message-channel", "worker-message"],
    "test_runner": ["runner", "test-runner", "node-test"],
    "tls": ["tls", "double-tls", "secure", "set-http-max-http-headers-tls"],
    "timers": ["timers", "timer", "mock-timers", "primitive-timer", "settimeout", "setinterval", "set-timeout", "clear-immediate", "immediate"],
    "tty": ["tty", "ttywrap", "pseudo-tty"],
    "url": ["url", "legacy-url", "fileurltopath"],
    "urlpattern": ["urlpattern"],
    "util": ["util", "parse-args", "strip-vt", "debuglog", "sys", "mime-api", "mime-whatwg"],
    "v8": ["v8", "get-heapsnapshot", "write-heapsnapshot", "heapsnapshot", "heapdump", "snapshot"],
    "vm": ["vm", "shadow-realm", "contextify"],
    "wasi": ["wasi", "return-on-exit"],
    "webstreams": ["webstream", "webstreams", "whatwg-readablestream", "whatwg-readablebytestream", "whatwg-readablebytestreambyob", "whatwg-writablestream", "whatwg-transformstream",
                   "whatwg-webstreams", "whatwg-webstreams-compression", "readablestream"],
    "worker_threads": ["worker"],
    "whatwg-encoding": ["whatwg-encoding", "textdecoder", "encoding"],
    "whatwg-url": ["whatwg-url"],
    "whatwg-events": ["whatwg-events"],
    "zlib": ["zlib"],
}

# The folders of Node's tests beside parallel, sequential and wpt, and the module of their tests; None: by their names.
FOLDERS = {
    "async-hooks": "async_hooks",
    "client-proxy": "http",
    "es-module": "module",
    "message": "errors",
    "module-hooks": "module",
    "pseudo-tty": "tty",
    "report": "report",
    "test-runner": "test_runner",
    "wasi": None,
}

# WPT's module for each of Node's test/wpt files that is run.
WPT = ["console", "encoding", "events", "abort", "file", "blob", "hr-time", "performance-timeline", "streams", "url", "urlpattern", "broadcastchannel", "webcrypto", "webstorage"]

# (what is looked at, pattern, reason). `name` is the test's, e.g. parallel/test-tls-alert.js; `flag` each flag of
# its `// Flags:` line; `source` its text.
_RULES = [
    ("name", r"/test-(crypto-(argon2|boringssl-evp-list|ecb|key-store-pkcs11|pqc)|webcrypto-(derivebits-argon2|(encap-decap|export-import|sign-verify)-ml-(dsa|kem))|"
     r"tls-(cert-ext-encoding|certificate-compression|dhparam-auto-boringssl|error-stack|no-sslv3))", "needs another OpenSSL than Debian 12's, or a provider of it"),
    ("name", r"/test-webcrypto-deduplicate-usages\.", "its last part needs ML-DSA, which OpenSSL 3.0 has not"),
    ("name", r"/test-(crypto-(no-algorithm|secure-heap)|dsa-fips-invalid-key|strace-openat-openssl)\.", "OpenSSL reads no configuration file and has no secure heap"),
    ("name", r"/test-tls-(off-thread-cert-loading|get-ca-certificates-node-use-system-ca)", "root certificates are the system's, read when they are needed"),
    ("source", r"if\s*\((!opensslCli|opensslCli === false)\)", "needs the openssl command that Node builds"),
    ("name", r"/test-quic", "Node is built without QUIC"),
    ("name", r"/test-debugger", "the node command's debugger client"),
    ("name", r"/test-permission", "no permission model: a packed program is one trust domain"),
    ("name", r"/test-(sea|single-executable|snapshot|startup-empty-regexp-statics|startup-snapshot)", "dv8pack itself is what makes executables and snapshots"),
    ("name", r"/test-(trace-events?|tracing)", "trace_events is off"),
    ("name", r"/test-(cpu-prof|heap-prof|heapsnapshot-near-heap-limit|diagnostic-dir|tick-processor)", "profiles written by command-line flags of node"),
    ("name", r"/test-(watch-|run-)", "the node command's watch mode and script runner"),
    ("name", r"/test-(cli-|dotenv|npm|corepack|node-run|config-file|config-json|shared-lib|bash-completion|startup-large-pages|security-revert|env-var-no-warnings|"
     r"process-env-allowed-flags|max-old-space-size-percentage|package-map-cli|module-print-timing|trace-env)", "the node command's own options and files"),
    ("name", r"/test-(compile-cache|code-cache)", "no cache of compiled code on disk: a packed program has its code in the executable"),
    ("name", r"/test-(eslint|icu-minimum-version|doc|documentation|benchmark|release-|process-release|openssl|license)", "Node's own repository and release"),
    ("flag", r"--(experimental-quic|permission|allow-(fs|child|worker|addons|wasi|inspector|net|ffi|openssl)|experimental-storage)", "flag of what is left out"),
    ("flag", r"--(use-(openssl|bundled|system)-ca|no-use-|openssl|secure-heap|force-fips|enable-fips)", "flag of OpenSSL's set-up"),
    ("flag", r"--(build-snapshot|node-snapshot|no-node-snapshot|experimental-sea-config|cpu-prof|heap-prof|prof\b|trace-event|watch|run\b|env-file|experimental-config)",
     "flag of what is left out"),
    ("flag", r"--(experimental-shadow-realm|jitless)", "flag of the engine that is not there"),
    ("source", r"(?m)^const\b[^;\n]*=\s*internalBinding\('(quic|permission|sea|trace_events|profiler)'\)",
     "needs a binding that is left out"),
]
RULES = [(what, re.compile(pattern), reason) for what, pattern, reason in _RULES]

_PREFIXES = sorted(((p, m) for m, ps in MODULES.items() for p in ps), key=lambda pair: -len(pair[0]))


def module_of(name):
    """The module that a test (parallel/test-fs-access.js, wpt/test-url.js) is counted for."""
    folder, file = name.split("/", 1)
    if folder == "wpt":
        return "WPT"
    if FOLDERS.get(folder):
        return FOLDERS[folder]
    stem = re.sub(r"\.m?js$", "", file).removeprefix("test-").lower()
    for prefix, module in _PREFIXES:
        if stem == prefix or (stem.startswith(prefix) and not stem[len(prefix)].isalpha()):
            return module
    return "other"


def left_out(name, source, flags):
    """Why a test does not count, or None."""
    for what, pattern, reason in RULES:
        texts = flags if what == "flag" else [name if what == "name" else source]
        if any(pattern.search(text) for text in texts):
            return reason
    return None
