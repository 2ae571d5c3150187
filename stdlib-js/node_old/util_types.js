// node:util/types.
import * as native from 'internal:util';

const tagOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;
const types = {
  isArrayBufferView: ArrayBuffer.isView,
  isTypedArray: (value) => tagOf.call(value) !== undefined,
  isCryptoKey: () => false,
  isKeyObject: () => false,
};
for (const name of ['Uint8Array', 'Uint8ClampedArray', 'Uint16Array', 'Uint32Array', 'Int8Array', 'Int16Array', 'Int32Array',
                    'Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array']) {
  types[`is${name}`] = { [name]: (value) => tagOf.call(value) === name }[name];
}
for (const name of Object.keys(native)) if (name.startsWith('is')) types[name] = native[name];

export default types;
