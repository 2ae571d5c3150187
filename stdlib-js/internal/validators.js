// Argument checks of the small start; messages are Node's.
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } from './errors.js';

const { MAX_SAFE_INTEGER, MIN_SAFE_INTEGER } = Number;

export function validateString(value, name) {
  if (typeof value !== 'string') throw new ERR_INVALID_ARG_TYPE(name, 'string', value);
}

export function validateNumber(value, name, min = undefined, max = undefined) {
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, 'number', value);
  if ((min != null && value < min) || (max != null && value > max) ||
      ((min != null || max != null) && Number.isNaN(value))) {
    const low = min != null ? `>= ${min}` : '';
    const both = min != null && max != null ? ' && ' : '';
    throw new ERR_OUT_OF_RANGE(name, `${low}${both}${max != null ? `<= ${max}` : ''}`, value);
  }
}

export function validateInteger(value, name, min = MIN_SAFE_INTEGER, max = MAX_SAFE_INTEGER) {
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name, 'number', value);
  if (!Number.isInteger(value)) throw new ERR_OUT_OF_RANGE(name, 'an integer', value);
  if (value < min || value > max) throw new ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
}
