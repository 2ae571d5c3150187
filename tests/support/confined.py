"""One program at a time in namespaces, a process group and limits of its own; what it leaves behind is killed.

Node's tests start themselves again, listen on fixed ports and signal their group. Where the kernel allows
it (as root, or with user namespaces) a test gets a process namespace, so that nothing outlives it; a network
namespace with a loopback interface, so that tests running at once do not meet at a port; and, when started by
root, the rights of `nobody`. A limit of processes comes from cgroups (v2 or v1), else from RLIMIT_NPROC.
"""

import ctypes
import fcntl
import os
import resource
import select
import signal
import socket
import struct
import sys
import time

NOBODY = 65534
PROCESSES = 1500  # Threads count, too.
MEMORY = 4 << 30
OPEN_FILES = 65536

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x1000, 0x4000, 0x40000
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def _mount(source, target, kind, flags):
    _check(_libc.mount(source.encode(), target.encode(), kind.encode() if kind else None, ctypes.c_ulong(flags), None))


def die_with_parent():
    """Has the kernel end this process when the one that started it ends, however it does."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def _enable_loopback():
    """Brings `lo` up and routes multicast over it, as a machine with a network would somewhere."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        iff_up, iff_running, iff_multicast = 0x1, 0x40, 0x1000
        siocsifflags, siocaddrt = 0x8914, 0x890B
        fcntl.ioctl(control, siocsifflags, struct.pack("16sh22x", b"lo", iff_up | iff_running | iff_multicast))

        def address(ip):
            return struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(ip))

        device = ctypes.create_string_buffer(b"lo")
        # struct rtentry: pad1, dst, gateway, genmask, flags, pad2..4, metric, dev, ...
        route = struct.pack("L", 0) + address("224.0.0.0") + address("0.0.0.0") + address("240.0.0.0")
        route += struct.pack("HhLLhxxxxxxLLLH", 1, 0, 0, 0, 0, ctypes.addressof(device), 0, 0, 0)
        fcntl.ioctl(control, siocaddrt, route.ljust(128, b"\0"))


class Cgroup:
    """A cgroup with a limit of processes (and memory) in each hierarchy that can be written; maybe in none."""

    def __init__(self, name):
        self.folders = []
        self.limits_processes = False
        root = "/sys/fs/cgroup"
        candidates = [(root, {"pids.max": PROCESSES, "memory.max": MEMORY})]
        if not os.path.exists(root + "/cgroup.controllers"):
            candidates = [
                (root + "/pids", {"pids.max": PROCESSES}),
                (root + "/memory", {"memory.limit_in_bytes": MEMORY}),
            ]
        for parent, limits in candidates:
            folder = os.path.join(parent, name)
            try:
                os.mkdir(folder)
            except OSError:
                continue
            self.folders.append(folder)
            for file, limit in limits.items():
                try:
                    _write(os.path.join(folder, file), str(limit))
                    self.limits_processes |= file == "pids.max"
                except OSError:
                    pass

    def enter(self):
        for folder in self.folders:
            _write(folder + "/cgroup.procs", str(os.getpid()))

    def kill(self):
        """Ends what is left, which is nothing when there was a process namespace."""
        for folder in self.folders:
            for _ in range(50):
                with open(folder + "/cgroup.procs", encoding="ascii") as file:
                    left = file.read().split()
                if not left:
                    break
                for pid in left:
                    try:
                        os.kill(int(pid), signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                time.sleep(0.02)

    def remove(self):
        for folder in self.folders:
            try:
                os.rmdir(folder)
            except OSError:
                pass


def _in_child(function):
    """Forks; the child runs `function` and never returns. Returns its id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        code = function()
    except BaseException as error:  # Nothing of the parent's may run in the child.
        os.write(2, f"confined.py: {error}\n".encode())
        code = 125
    finally:
        os._exit(code if isinstance(code, int) else 125)


class Sandbox:
    """What the programs of one worker run in. `binds` are (folder or file, mount point): seen there by programs."""

    def __init__(self, name, binds=()):
        self.is_root = os.geteuid() == 0
        self.binds = binds
        self.cgroup = Cgroup(name)
        self.has_namespaces = self._probe()

    def _probe(self):
        pid = _in_child(lambda: self._unshare() or 0)
        return os.waitpid(pid, 0)[1] == 0

    def _unshare(self):
        uid, gid = os.geteuid(), os.getegid()
        user = 0 if self.is_root else CLONE_NEWUSER
        _check(_libc.unshare(user | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC))
        if user:
            _write("/proc/self/setgroups", "deny")
            _write("/proc/self/uid_map", f"0 {uid} 1")
            _write("/proc/self/gid_map", f"0 {gid} 1")

    def run(self, argv, cwd, env, output, timeout, second_stdout=None):
        """Runs argv with stdout and stderr in the open files `output`, stdout as the descriptor
        `second_stdout`, too. Returns its exit code, -n after signal n, or None when it did not end within
        `timeout` seconds."""
        self.second_stdout = second_stdout
        read, write = os.pipe()
        outer = _in_child(lambda: self._outer(argv, cwd, env, output, write))
        os.close(write)
        ended = bool(select.select([read], [], [], timeout)[0])
        status = os.read(read, 16) if ended else b""
        os.close(read)
        for kill in (os.killpg, os.kill):
            try:
                kill(outer, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
        os.waitpid(outer, 0)
        self.cgroup.kill()
        return int(status) if status else None if not ended else 125

    def _outer(self, argv, cwd, env, output, write):
        die_with_parent()
        os.setsid()
        self.cgroup.enter()
        if not self.has_namespaces:
            return self._supervise(argv, cwd, env, output, write)
        self._unshare()
        pid = _in_child(lambda: self._init(argv, cwd, env, output, write))
        os.waitpid(pid, 0)
        return 0

    def _init(self, argv, cwd, env, output, write):
        """Process 1 of the namespace: a test must not be it, because signals without handlers do not reach it."""
        die_with_parent()
        _mount("none", "/", None, MS_REC | MS_PRIVATE)
        for folder, point in self.binds:
            _mount(folder, point, None, MS_BIND | MS_REC)
        _mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
        _enable_loopback()
        return self._supervise(argv, cwd, env, output, write)

    def _supervise(self, argv, cwd, env, output, write):
        child = _in_child(lambda: self._exec(argv, cwd, env, output))
        while True:
            pid, status = os.wait()
            if pid == child:
                break
        os.write(write, str(os.waitstatus_to_exitcode(status)).encode())
        return 0

    def _exec(self, argv, cwd, env, output):
        os.setsid()
        null = os.open("/dev/null", os.O_RDONLY)
        for source, target in ((null, 0), (output[0], 1), (output[1], 2)):
            os.dup2(source, target)
        if self.second_stdout is not None:
            os.dup2(1, self.second_stdout)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if hard == resource.RLIM_INFINITY or hard > OPEN_FILES:
            hard = OPEN_FILES
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, hard), hard))
        if not self.cgroup.limits_processes:
            resource.setrlimit(resource.RLIMIT_NPROC, (4 * PROCESSES, 4 * PROCESSES))
        if self.is_root:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
        elif self.has_namespaces:
            # Not root in the tests' eyes.
            _check(_libc.unshare(CLONE_NEWUSER))
            _write("/proc/self/uid_map", f"{NOBODY} 0 1")
            _write("/proc/self/setgroups", "deny")
            _write("/proc/self/gid_map", f"{NOBODY} 0 1")
        for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        os.chdir(cwd)
        os.closerange(3, 256)
        os.execve(argv[0], argv, env)

    def close(self):
        self.cgroup.remove()


def main():
    """confined.py PROGRAM [ARG...]: one program in a sandbox, for trying things out."""
    sandbox = Sandbox(f"dv8-confined-{os.getpid()}")
    code = sandbox.run(sys.argv[1:], os.getcwd(), dict(os.environ), (1, 2), 3600)
    sandbox.close()
    print(f"namespaces: {sandbox.has_namespaces}, cgroups: {sandbox.cgroup.folders}, exit code: {code}", file=sys.stderr)
    return code if code is not None and code >= 0 else 1


if __name__ == "__main__":
    sys.exit(main())
