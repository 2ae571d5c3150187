// structuredClone: V8's serializer there and back (HTML, "safe passing of structured data").
import { clone, isArrayBuffer } from 'internal:util';
import { ERR_MISSING_ARGS } from '../internal/errors.js';
import domException from './dom_exception.js';

const { DOMException } = domException;

function structuredClone(value, options) {
  if (arguments.length === 0) throw new ERR_MISSING_ARGS('The "value" argument');
  const transfer = options?.transfer === undefined ? [] : [...options.transfer];
  for (const each of transfer) {
    if (!isArrayBuffer(each)) throw new DOMException('Found invalid value in transferList.', 'DataCloneError');
  }
  if (new Set(transfer).size < transfer.length) {
    throw new DOMException('Transfer list contains duplicate ArrayBuffer', 'DataCloneError');
  }
  try {
    return clone(value, transfer);
  } catch (error) {
    if (error instanceof Error && /could not be cloned|is detached|^Cannot transfer/.test(error.message)) {
      throw new DOMException(error.message.replace(/^#<(.*)>/, '#<$1>'), 'DataCloneError');
    }
    throw error;
  }
}

export default { structuredClone };
