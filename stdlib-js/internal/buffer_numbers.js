// Buffer's methods that read and write numbers. The widths of every day are written out; the
// others share loops.
import { ERR_BUFFER_OUT_OF_BOUNDS, ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } from './errors.js';
import { validateNumber } from './validators.js';

/** Throws what Node throws for an offset outside [0, length]. */
function boundsError(value, length, name) {
  if (Math.floor(value) !== value) {
    validateNumber(value, name ?? 'offset');
    throw new ERR_OUT_OF_RANGE(name ?? 'offset', 'an integer', value);
  }
  if (length < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS();
  throw new ERR_OUT_OF_RANGE(name ?? 'offset', `>= ${name ? 1 : 0} and <= ${length}`, value);
}

function checkRead(buffer, offset, size) {
  validateNumber(offset, 'offset');
  if (buffer[offset] === undefined || buffer[offset + size - 1] === undefined) boundsError(offset, buffer.length - size);
}

function checkWrite(buffer, value, min, max, offset, size) {
  if (value > max || value < min) {
    const n = typeof min === 'bigint' ? 'n' : '';
    const bits = size * 8;
    const range = size <= 4 ? `>= ${min}${n} and <= ${max}${n}`
      : min === 0 || min === 0n ? `>= 0${n} and < 2${n} ** ${bits}${n}`
        : `>= -(2${n} ** ${bits - 1}${n}) and < 2${n} ** ${bits - 1}${n}`;
    throw new ERR_OUT_OF_RANGE('value', range, value);
  }
  checkRead(buffer, offset, size);
}

function readLE(buffer, offset, size) {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + buffer[offset + i];
  return value;
}
function readBE(buffer, offset, size) {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + buffer[offset + i];
  return value;
}
function signed(value, size) {
  const half = 2 ** (8 * size - 1);
  return value >= half ? value - 2 * half : value;
}
function writeLE(buffer, value, offset, size) {
  for (let i = 0; i < size; i++) {
    buffer[offset + i] = value;
    value = Math.floor(value / 256);
  }
  return offset + size;
}
function writeBE(buffer, value, offset, size) {
  for (let i = size - 1; i >= 0; i--) {
    buffer[offset + i] = value;
    value = Math.floor(value / 256);
  }
  return offset + size;
}

// Made at the first use: a snapshot holds no array buffer for it.
let scratch;
function view() { return scratch ??= new DataView(new ArrayBuffer(8)); }

function bytesToView(buffer, offset, size) {
  checkRead(buffer, offset, size);
  const bytes = view();
  for (let i = 0; i < size; i++) bytes.setUint8(i, buffer[offset + i]);
  return bytes;
}
function viewToBytes(buffer, offset, size) {
  checkRead(buffer, offset, size);
  for (let i = 0; i < size; i++) buffer[offset + i] = scratch.getUint8(i);
  return offset + size;
}

function checkSize(offset, size) {
  if (offset === undefined) throw new ERR_INVALID_ARG_TYPE('offset', 'number', offset);
  if (!(Number.isInteger(size) && size >= 1 && size <= 6)) boundsError(size, 6, 'byteLength');
}

const methods = {
  readUInt8(offset = 0) {
    checkRead(this, offset, 1);
    return this[offset];
  },
  readUInt16LE(offset = 0) {
    checkRead(this, offset, 2);
    return this[offset] | (this[offset + 1] << 8);
  },
  readUInt16BE(offset = 0) {
    checkRead(this, offset, 2);
    return (this[offset] << 8) | this[offset + 1];
  },
  readUInt32LE(offset = 0) {
    checkRead(this, offset, 4);
    return (this[offset] | (this[offset + 1] << 8) | (this[offset + 2] << 16) | (this[offset + 3] << 24)) >>> 0;
  },
  readUInt32BE(offset = 0) {
    checkRead(this, offset, 4);
    return ((this[offset] << 24) | (this[offset + 1] << 16) | (this[offset + 2] << 8) | this[offset + 3]) >>> 0;
  },
  readInt8(offset = 0) {
    checkRead(this, offset, 1);
    return (this[offset] << 24) >> 24;
  },
  readInt16LE(offset = 0) {
    checkRead(this, offset, 2);
    return ((this[offset] | (this[offset + 1] << 8)) << 16) >> 16;
  },
  readInt16BE(offset = 0) {
    checkRead(this, offset, 2);
    return (((this[offset] << 8) | this[offset + 1]) << 16) >> 16;
  },
  readInt32LE(offset = 0) {
    checkRead(this, offset, 4);
    return this[offset] | (this[offset + 1] << 8) | (this[offset + 2] << 16) | (this[offset + 3] << 24);
  },
  readInt32BE(offset = 0) {
    checkRead(this, offset, 4);
    return (this[offset] << 24) | (this[offset + 1] << 16) | (this[offset + 2] << 8) | this[offset + 3];
  },
  readUIntLE(offset, size) {
    checkSize(offset, size);
    checkRead(this, offset, size);
    return readLE(this, offset, size);
  },
  readUIntBE(offset, size) {
    checkSize(offset, size);
    checkRead(this, offset, size);
    return readBE(this, offset, size);
  },
  readIntLE(offset, size) {
    checkSize(offset, size);
    checkRead(this, offset, size);
    return signed(readLE(this, offset, size), size);
  },
  readIntBE(offset, size) {
    checkSize(offset, size);
    checkRead(this, offset, size);
    return signed(readBE(this, offset, size), size);
  },
  readBigUInt64LE(offset = 0) { return bytesToView(this, offset, 8).getBigUint64(0, true); },
  readBigUInt64BE(offset = 0) { return bytesToView(this, offset, 8).getBigUint64(0, false); },
  readBigInt64LE(offset = 0) { return bytesToView(this, offset, 8).getBigInt64(0, true); },
  readBigInt64BE(offset = 0) { return bytesToView(this, offset, 8).getBigInt64(0, false); },
  readFloatLE(offset = 0) { return bytesToView(this, offset, 4).getFloat32(0, true); },
  readFloatBE(offset = 0) { return bytesToView(this, offset, 4).getFloat32(0, false); },
  readDoubleLE(offset = 0) { return bytesToView(this, offset, 8).getFloat64(0, true); },
  readDoubleBE(offset = 0) { return bytesToView(this, offset, 8).getFloat64(0, false); },

  writeUInt8(value, offset = 0) { return writeByte(this, value, offset, 0, 0xff); },
  writeInt8(value, offset = 0) { return writeByte(this, value, offset, -0x80, 0x7f); },
  writeUInt16LE(value, offset = 0) { return write16LE(this, value, offset, 0, 0xffff); },
  writeUInt16BE(value, offset = 0) { return write16BE(this, value, offset, 0, 0xffff); },
  writeInt16LE(value, offset = 0) { return write16LE(this, value, offset, -0x8000, 0x7fff); },
  writeInt16BE(value, offset = 0) { return write16BE(this, value, offset, -0x8000, 0x7fff); },
  writeUInt32LE(value, offset = 0) { return write32LE(this, value, offset, 0, 0xffffffff); },
  writeUInt32BE(value, offset = 0) { return write32BE(this, value, offset, 0, 0xffffffff); },
  writeInt32LE(value, offset = 0) { return write32LE(this, value, offset, -0x80000000, 0x7fffffff); },
  writeInt32BE(value, offset = 0) { return write32BE(this, value, offset, -0x80000000, 0x7fffffff); },
  writeUIntLE(value, offset, size) {
    checkSizeOnly(size);
    return writeAny(this, value, offset, size, 0, 2 ** (8 * size) - 1, writeLE);
  },
  writeUIntBE(value, offset, size) {
    checkSizeOnly(size);
    return writeAny(this, value, offset, size, 0, 2 ** (8 * size) - 1, writeBE);
  },
  writeIntLE(value, offset, size) {
    checkSizeOnly(size);
    return writeAny(this, value, offset, size, -(2 ** (8 * size - 1)), 2 ** (8 * size - 1) - 1, writeLE);
  },
  writeIntBE(value, offset, size) {
    checkSizeOnly(size);
    return writeAny(this, value, offset, size, -(2 ** (8 * size - 1)), 2 ** (8 * size - 1) - 1, writeBE);
  },
  writeBigUInt64LE(value, offset = 0) { return writeBig(this, value, offset, 0n, 0xffffffffffffffffn, true); },
  writeBigUInt64BE(value, offset = 0) { return writeBig(this, value, offset, 0n, 0xffffffffffffffffn, false); },
  writeBigInt64LE(value, offset = 0) {
    return writeBig(this, value, offset, -0x8000000000000000n, 0x7fffffffffffffffn, true);
  },
  writeBigInt64BE(value, offset = 0) {
    return writeBig(this, value, offset, -0x8000000000000000n, 0x7fffffffffffffffn, false);
  },
  writeFloatLE(value, offset = 0) {
    view().setFloat32(0, value, true);
    return viewToBytes(this, offset, 4);
  },
  writeFloatBE(value, offset = 0) {
    view().setFloat32(0, value, false);
    return viewToBytes(this, offset, 4);
  },
  writeDoubleLE(value, offset = 0) {
    view().setFloat64(0, value, true);
    return viewToBytes(this, offset, 8);
  },
  writeDoubleBE(value, offset = 0) {
    view().setFloat64(0, value, false);
    return viewToBytes(this, offset, 8);
  },
};

function checkSizeOnly(size) {
  if (!(Number.isInteger(size) && size >= 1 && size <= 6)) boundsError(size, 6, 'byteLength');
}
function writeByte(buffer, value, offset, min, max) {
  value = +value;
  validateNumber(offset, 'offset');
  checkWrite(buffer, value, min, max, offset, 1);
  buffer[offset] = value;
  return offset + 1;
}
function write16LE(buffer, value, offset, min, max) {
  value = +value;
  checkWrite(buffer, value, min, max, offset, 2);
  buffer[offset] = value;
  buffer[offset + 1] = value >>> 8;
  return offset + 2;
}
function write16BE(buffer, value, offset, min, max) {
  value = +value;
  checkWrite(buffer, value, min, max, offset, 2);
  buffer[offset] = value >>> 8;
  buffer[offset + 1] = value;
  return offset + 2;
}
function write32LE(buffer, value, offset, min, max) {
  value = +value;
  checkWrite(buffer, value, min, max, offset, 4);
  buffer[offset] = value;
  buffer[offset + 1] = value >>> 8;
  buffer[offset + 2] = value >>> 16;
  buffer[offset + 3] = value >>> 24;
  return offset + 4;
}
function write32BE(buffer, value, offset, min, max) {
  value = +value;
  checkWrite(buffer, value, min, max, offset, 4);
  buffer[offset] = value >>> 24;
  buffer[offset + 1] = value >>> 16;
  buffer[offset + 2] = value >>> 8;
  buffer[offset + 3] = value;
  return offset + 4;
}
function writeAny(buffer, value, offset, size, min, max, write) {
  value = +value;
  checkWrite(buffer, value, min, max, offset, size);
  return write(buffer, Math.trunc(value), offset, size);
}
function writeBig(buffer, value, offset, min, max, little) {
  checkWrite(buffer, value, min, max, offset, 8);
  view().setBigUint64(0, value & 0xffffffffffffffffn, little);
  return viewToBytes(buffer, offset, 8);
}

/** Adds the methods, and their aliases with "Uint" for "UInt". */
export function addNumberMethods(prototype) {
  for (const [name, method] of Object.entries(methods)) {
    prototype[name] = method;
    if (name.includes('UInt')) prototype[name.replace('UInt', 'Uint')] = method;
  }
}
