// process.env: the C environment, live. Values become strings, as in Node.
import { envKeys, getEnv, setEnv, unsetEnv } from 'internal:process';
import { makeError } from './errors.js';

const handler = {
  get(target, key) {
    if (typeof key !== 'string') return target[key];
    return getEnv(key) ?? target[key];
  },
  has(target, key) {
    return typeof key === 'string' ? getEnv(key) !== undefined || key in target : key in target;
  },
  set(_, key, value) {
    if (typeof key === 'symbol' || typeof value === 'symbol') {
      throw new TypeError('Cannot convert a Symbol value to a string');
    }
    setEnv(key, String(value));
    return true;
  },
  deleteProperty(_, key) {
    if (typeof key === 'string') unsetEnv(key);
    return true;
  },
  ownKeys: () => [...new Set(envKeys())],
  getOwnPropertyDescriptor(_, key) {
    const value = typeof key === 'string' ? getEnv(key) : undefined;
    if (value === undefined) return undefined;
    return { value, writable: true, enumerable: true, configurable: true };
  },
  defineProperty(_, key, descriptor) {
    if (!('value' in descriptor) || !descriptor.configurable || !descriptor.writable || !descriptor.enumerable) {
      throw makeError(TypeError, 'ERR_INVALID_OBJECT_DEFINE_PROPERTY',
                      "'process.env' only accepts a configurable, writable, and enumerable data descriptor");
    }
    setEnv(String(key), String(descriptor.value));
    return true;
  },
};

export function makeEnv() { return new Proxy({}, handler); }
