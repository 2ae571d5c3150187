// node:os.
import * as native from 'internal:os';
import { makeError } from '../internal/errors.js';
import { getSystemErrorMessage } from '../internal/uv_errors.js';
import { validateInt32 } from '../internal/validators.js';

const signals = { __proto__: null };
const errno = { __proto__: null };
for (const [name, value] of Object.entries(native)) {
  if (typeof value !== 'number') continue;
  if (name.startsWith('SIG')) signals[name] = value;
  else errno[name.slice(3)] = -value;
}
const priority = {
  __proto__: null,
  PRIORITY_LOW: 19, PRIORITY_BELOW_NORMAL: 10, PRIORITY_NORMAL: 0, PRIORITY_ABOVE_NORMAL: -7, PRIORITY_HIGH: -14,
  PRIORITY_HIGHEST: -20,
};
const constants = { UV_UDP_REUSEADDR: 4, dlopen: { RTLD_LAZY: 1, RTLD_NOW: 2, RTLD_GLOBAL: 256, RTLD_LOCAL: 0 }, errno, signals, priority };

/** What libuv refuses is a SystemError in this module. */
function system(call) {
  try {
    return call();
  } catch (cause) {
    const { code, errno, syscall } = cause;
    const message = getSystemErrorMessage(errno);
    const error = makeError(Error, 'ERR_SYSTEM_ERROR', `A system error occurred: ${syscall} returned ${code} (${message})`, system);
    Object.defineProperty(error, 'name', { value: 'SystemError', configurable: true, writable: true });
    throw Object.assign(error, { info: { errno, code, message, syscall }, errno, syscall });
  }
}

function passwd() {
  return native.passwd(native.ids()[0]);
}

const os = {
  EOL: '\n',
  devNull: '/dev/null',
  constants,
  arch: () => 'x64',
  availableParallelism: () => native.availableParallelism(),
  /** One entry a CPU; without /proc as many nameless ones as this process may use. */
  cpus() {
    const list = native.cpus();
    const result = [];
    for (let i = 0; i < list.length; i += 7) {
      const [model, speed, user, nice, sys, idle, irq] = list.slice(i, i + 7);
      result.push({ model, speed, times: { user, nice, sys, idle, irq } });
    }
    while (result.length < 1 || (list.length === 0 && result.length < native.availableParallelism())) {
      result.push({ model: 'unknown', speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } });
    }
    return result;
  },
  endianness: () => 'LE',
  freemem: () => native.memory()[1],
  getPriority(pid = 0) {
    validateInt32(pid, 'pid');
    return system(() => native.getPriority(pid));
  },
  /** $HOME, else the home in /etc/passwd, else "/". */
  homedir: () => process.env.HOME || passwd()?.[3] || '/',
  hostname: () => native.hostname(),
  loadavg: () => native.loadavg(),
  machine: () => native.uname()[3],
  networkInterfaces() {
    const list = native.interfaces();
    const result = {};
    for (let i = 0; i < list.length; i += 7) {
      const [name, address, netmask, mac, family, internal, scopeid] = list.slice(i, i + 7);
      const bits = netmask.split(family === 4 ? '.' : ':').reduce((sum, part) =>
        sum + (parseInt(part || '0', family === 4 ? 10 : 16).toString(2).match(/1/g)?.length ?? 0), 0);
      const entry = { address, netmask, family: `IPv${family}`, mac, internal, cidr: `${address}/${bits}` };
      if (family === 6) entry.scopeid = scopeid;
      (result[name] ??= []).push(entry);
    }
    return result;
  },
  platform: () => 'linux',
  release: () => native.uname()[1],
  setPriority(pid, value) {
    if (value === undefined) [pid, value] = [0, pid];
    validateInt32(pid, 'pid');
    validateInt32(value, 'priority', -20, 19);
    system(() => native.setPriority(pid, value));
  },
  tmpdir() {
    const path = process.env.TMPDIR || process.env.TMP || process.env.TEMP || '/tmp';
    return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  },
  totalmem: () => native.memory()[0],
  type: () => native.uname()[0],
  uptime: () => native.uptime(),
  /** From /etc/passwd; where that does not name the user, from the ids and the environment. */
  userInfo() {
    const entry = passwd();
    const [uid, gid] = native.ids();
    if (entry) return { uid, gid, username: entry[0], homedir: entry[3], shell: entry[4] };
    return { uid, gid, username: process.env.USER || String(uid), homedir: os.homedir(), shell: null };
  },
  version: () => native.uname()[2],
};

// `${os.hostname}` gives what os.hostname() gives.
for (const name of ['arch', 'availableParallelism', 'endianness', 'freemem', 'homedir', 'hostname', 'machine', 'platform', 'release',
                    'tmpdir', 'totalmem', 'type', 'uptime', 'version']) {
  os[name][Symbol.toPrimitive] = () => os[name]();
}

export default os;
