// structuredClone: V8's serializer there and back (HTML, "safe passing of structured data").
import { clone } from 'internal:util';
import { ERR_MISSING_ARGS } from '../internal/errors.js';
import domException from './dom_exception.js';

const { DOMException } = domException;

function structuredClone(value, options) {
  if (arguments.length === 0) throw new ERR_MISSING_ARGS('The "value" argument');
  const transfer = options?.transfer === undefined ? [] : [...options.transfer];
  for (const each of transfer) {
    if (!(each instanceof ArrayBuffer)) throw new DOMException('Value not transferable', 'DataCloneError');
  }
  try {
    return clone(value, transfer);
  } catch (error) {
    if (error instanceof Error && /could not be cloned|is detached/.test(error.message)) {
      throw new DOMException(error.message.replace(/^#<(.*)>/, '#<$1>'), 'DataCloneError');
    }
    throw error;
  }
}

export default { structuredClone };
