// util.parseArgs.
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, makeError } from './errors.js';
import { validateArray, validateBoolean, validateObject, validateOneOf, validateString } from './validators.js';

const unknownOption = (option, allowPositionals) => makeError(
  TypeError, 'ERR_PARSE_ARGS_UNKNOWN_OPTION',
  `Unknown option '${option}'${allowPositionals && option.startsWith('-')
    ? `. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- "${option}"` : ''}`);
const invalidValue = (text) => makeError(TypeError, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE', text);
const unexpectedPositional = (value) => makeError(
  TypeError, 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL', `Unexpected argument '${value}'. This command does not take positional arguments`);

function checkOptions(options) {
  validateObject(options, 'options');
  for (const [name, option] of Object.entries(options)) {
    validateObject(option, `options.${name}`);
    validateOneOf(option.type, `options.${name}.type`, ['string', 'boolean']);
    if (Object.hasOwn(option, 'short')) {
      validateString(option.short, `options.${name}.short`);
      if (option.short.length !== 1) throw new ERR_INVALID_ARG_VALUE(`options.${name}.short`, option.short, 'must be a single character');
    }
    if (Object.hasOwn(option, 'multiple')) validateBoolean(option.multiple, `options.${name}.multiple`);
    if (option.default !== undefined) {
      const values = option.multiple ? option.default : [option.default];
      if (!Array.isArray(values)) throw new ERR_INVALID_ARG_TYPE(`options.${name}.default`, 'Array', values);
      for (const value of values) (option.type === 'string' ? validateString : validateBoolean)(value, `options.${name}.default`);
    }
  }
}

function nameOfShort(options, short) {
  return Object.keys(options).find((name) => options[name].short === short) ?? short;
}

function tokenize(args, options) {
  const tokens = [];
  const rest = args.map((value, index) => ({ value, index }));
  const option = (name, rawName, index, value, inlineValue) => tokens.push({ kind: 'option', name, rawName, index, value, inlineValue });
  const takesValue = (name) => options[name]?.type === 'string';
  while (rest.length > 0) {
    const { value: arg, index } = rest.shift();
    const next = rest[0]?.value;
    if (arg === '--') {
      tokens.push({ kind: 'option-terminator', index });
      for (const each of rest) tokens.push({ kind: 'positional', index: each.index, value: each.value });
      break;
    }
    if (/^-[^-]$/.test(arg)) {
      const name = nameOfShort(options, arg[1]);
      if (takesValue(name) && next !== undefined) option(name, arg, index, rest.shift().value, false);
      else option(name, arg, index, undefined, undefined);
    } else if (/^-[^-]./.test(arg)) {
      // A group: the first that takes a value takes the rest.
      for (let i = 1; i < arg.length; i++) {
        const name = nameOfShort(options, arg[i]);
        if (!takesValue(name)) {
          option(name, `-${arg[i]}`, index, undefined, undefined);
        } else if (i === arg.length - 1) {
          const has = rest.length > 0;
          option(name, `-${arg[i]}`, index, has ? rest.shift().value : undefined, has ? false : undefined);
        } else {
          option(name, `-${arg[i]}`, index, arg.slice(i + 1), true);
          break;
        }
      }
    } else if (arg.length > 2 && arg.startsWith('--')) {
      const equals = arg.indexOf('=', 3);
      if (equals !== -1) {
        option(arg.slice(2, equals), arg.slice(0, equals), index, arg.slice(equals + 1), true);
      } else {
        const name = arg.slice(2);
        if (takesValue(name) && next !== undefined) option(name, arg, index, rest.shift().value, false);
        else option(name, arg, index, undefined, undefined);
      }
    } else {
      tokens.push({ kind: 'positional', index, value: arg });
    }
  }
  return tokens;
}

function checkToken(token, options, allowPositionals, allowNegative) {
  let { name } = token;
  if (allowNegative && name.startsWith('no-') && !Object.hasOwn(options, name) && Object.hasOwn(options, name.slice(3))) name = name.slice(3);
  if (!Object.hasOwn(options, name)) throw unknownOption(token.rawName, allowPositionals);
  const { short, type } = options[name];
  const shown = `${short ? `-${short}, ` : ''}--${name}`;
  if (type === 'string' && typeof token.value !== 'string') throw invalidValue(`Option '${shown} <value>' argument missing`);
  if (type === 'boolean' && token.value != null) throw invalidValue(`Option '${shown}' does not take an argument`);
  if (token.inlineValue === false && token.value.length > 1 && token.value.startsWith('-')) {
    const example = token.rawName.startsWith('--') ? `'${token.rawName}=-XYZ'` : `'--${name}=-XYZ' or '${token.rawName}-XYZ'`;
    throw invalidValue(`Option '${token.rawName}' argument is ambiguous.\nDid you forget to specify the option argument for '${token.rawName}'?\nTo specify an option argument starting with a dash use ${example}.`);
  }
}

/** {values, positionals, tokens} of a command line. */
export function parseArgs(config = {}) {
  validateObject(config, 'config');
  const { args = process.argv.slice(2), strict = true, tokens: wantTokens = false, allowNegative = false, options = {} } = config;
  const allowPositionals = config.allowPositionals ?? !strict;
  validateArray(args, 'args');
  validateBoolean(strict, 'strict');
  validateBoolean(allowPositionals, 'allowPositionals');
  validateBoolean(wantTokens, 'tokens');
  validateBoolean(allowNegative, 'allowNegative');
  checkOptions(options);
  const tokens = tokenize(args, options);
  const values = { __proto__: null };
  const positionals = [];
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (!allowPositionals) throw unexpectedPositional(token.value);
      positionals.push(token.value);
    } else if (token.kind === 'option') {
      if (strict) checkToken(token, options, allowPositionals, allowNegative);
      let { name } = token;
      let value = token.value ?? true;
      if (allowNegative && token.value === undefined && name.startsWith('no-') && !Object.hasOwn(options, name)) {
        name = name.slice(3);
        value = false;
        token.name = name;
      }
      if (name === '__proto__') continue;
      if (options[name]?.multiple) (values[name] ??= []).push(value);
      else values[name] = value;
    }
  }
  for (const [name, option] of Object.entries(options)) {
    if (option.default !== undefined && values[name] === undefined) values[name] = option.default;
  }
  return wantTokens ? { values, positionals, tokens } : { values, positionals };
}
