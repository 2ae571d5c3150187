/**
 * @module dv8:unicode — Unicode text (ICU): normal forms, case, segments, sorting, encodings. What a
 * locale needs of ICU's data is packed by `--icu`; a locale that is not there is an error, not English.
 *
 * @example
 * import { caseFold, collator, normalize, segment, toUpperCase, transcode } from 'dv8:unicode';
 * console.log(normalize('e\u0301', 'NFC') === '\u00e9', normalize('\ufb01', 'NFKC')); //> true fi
 * console.log(toUpperCase('stra\u00dfe'), caseFold('Stra\u00dfe') === caseFold('STRASSE')); //> STRASSE true
 * console.log(segment('e\u0301a', 'grapheme').length, segment('two words.', 'word')); //> 2 [ 'two', ' ', 'words', '.' ]
 * console.log(['b', '\u00e4', 'a'].sort(collator('en').compare)); //> [ 'a', 'ä', 'b' ]
 * console.log(transcode(new Uint8Array([0xe9]), 'latin1', 'utf8')); //> Uint8Array(2) [ 195, 169 ]
 */
import { decode, encode } from 'internal:buffer';

/** The normal forms that normalize() makes. */
export const FORMS = Object.freeze(['NFC', 'NFD', 'NFKC', 'NFKD']);

const NativeIntl = globalThis.Intl;
const GRANULARITIES = ['grapheme', 'word', 'sentence'];
const UTF8 = 0;
const UTF16 = 1;
const LATIN1 = 2;
const ASCII = 3;
const ENCODINGS = { __proto__: null, 'utf8': UTF8, 'utf-8': UTF8, 'utf16le': UTF16, 'utf-16le': UTF16, 'ucs2': UTF16, 'latin1': LATIN1, 'iso-8859-1': LATIN1, 'ascii': ASCII };
const UTF16BE = ['utf16be', 'utf-16be'];

function checkString(what, text) {
  if (typeof text !== 'string') throw new TypeError(`${what}: the text must be a string`);
  return text;
}

/** `locale` when ICU's data in this program has it; of several, the first that it has. */
function checkLocale(what, locale, Type) {
  if (locale === undefined) return undefined;
  let tag;
  try {
    [tag] = NativeIntl.getCanonicalLocales(locale);
  } catch {
    throw new RangeError(`${what}: '${locale}' is no locale`);
  }
  if (Type.supportedLocalesOf([tag]).length === 0) {
    throw new RangeError(`${what}: the locale '${tag}' is not in this program; dv8pack --icu=en,${tag.split('-')[0]} or --icu=full packs it`);
  }
  return tag;
}

/**
 * `text` in a normal form (UAX #15).
 * @param {string} [form='NFC'] - one of FORMS.
 * @throws {RangeError} for another form.
 */
export function normalize(text, form = 'NFC') {
  if (!FORMS.includes(form)) throw new RangeError(`normalize: '${form}' is none of ${FORMS.join(', ')}`);
  return checkString('normalize', text).normalize(form);
}

/** Whether `text` is in a normal form. */
export function isNormalized(text, form = 'NFC') { return normalize(text, form) === text; }

/** `text` in lower case, by the rules of `locale` (tr, az, lt have their own). */
export function toLowerCase(text, locale = undefined) {
  return checkString('toLowerCase', text).toLocaleLowerCase(checkCase('toLowerCase', locale));
}

/** `text` in upper case, by the rules of `locale` (tr, az, lt, el have their own). */
export function toUpperCase(text, locale = undefined) {
  return checkString('toUpperCase', text).toLocaleUpperCase(checkCase('toUpperCase', locale));
}

// The rules of case are in the engine, for every locale.
function checkCase(what, locale) {
  if (locale === undefined) return 'und';
  try {
    return NativeIntl.getCanonicalLocales(locale)[0];
  } catch {
    throw new RangeError(`${what}: '${locale}' is no locale`);
  }
}

/**
 * `text` in a form that is equal for texts that differ in case only: full case folding (UAX #44), by
 * way of lower, upper and lower case again: ẞ becomes ß, SS, ss.
 */
export function caseFold(text) {
  // A dotless i stays one; upper case would make it an I.
  return checkString('caseFold', text).split('\u0131').map(foldPart).join('\u0131');
}

function foldPart(text) {
  // Cherokee's small letters fold to its capitals; all others to small ones.
  return text.toLowerCase().toUpperCase().toLowerCase().replace(/\u03c2/g, '\u03c3')
    .replace(/[\uab70-\uabbf\u13f8-\u13fd]/g, (letter) => letter.toUpperCase());
}

/**
 * The pieces of `text`, in order (UAX #29): together they are the text.
 * @param {string} [granularity='grapheme'] - what a reader takes for one character; 'word'; 'sentence'.
 * @returns {string[]}
 * @throws {RangeError} for another granularity, or a locale that this program does not have.
 */
export function segment(text, granularity = 'grapheme', locale = undefined) {
  checkString('segment', text);
  if (!GRANULARITIES.includes(granularity)) throw new RangeError(`segment: '${granularity}' is none of ${GRANULARITIES.join(', ')}`);
  const segmenter = new NativeIntl.Segmenter(checkLocale('segment', locale, NativeIntl.Segmenter), { granularity });
  return Array.from(segmenter.segment(text), (piece) => piece.segment);
}

/**
 * An order of texts (UCA): `collator(locale).compare(a, b)` is below, equal to or above 0.
 * @param {object} [options] - those of Intl.Collator: sensitivity, numeric, caseFirst and others.
 * @throws {RangeError} for a locale that this program does not have.
 */
export function collator(locale = undefined, options = undefined) {
  return new NativeIntl.Collator(checkLocale('collator', locale, NativeIntl.Collator), options);
}

/** A new array of `texts` in the order of `locale`. */
export function sort(texts, locale = undefined, options = undefined) {
  return [...texts].sort(collator(locale, options).compare);
}

function encodingOf(what, name) {
  const key = `${name}`.toLowerCase();
  if (UTF16BE.includes(key)) return UTF16BE[0];
  const number = ENCODINGS[key];
  if (number === undefined) throw new RangeError(`${what}: '${name}' is none of utf8, utf16le, utf16be, latin1, ascii`);
  return number;
}

function swapped(bytes) {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    out[i] = bytes[i + 1];
    out[i + 1] = bytes[i];
  }
  return out;
}

/**
 * `bytes`, a text in one encoding, in another.
 * @param {Uint8Array} bytes - what it is given.
 * @param {string} from - utf8, utf16le, utf16be, latin1 or ascii.
 * @param {string} to - one of the same.
 * @param {object} [options] - fatal: what has no place in `to`, and what is malformed in `from`, is a
 *   RangeError (false: "?" where `to` lacks it, U+FFFD where it is malformed).
 * @returns {Uint8Array} new bytes.
 */
export function transcode(bytes, from, to, { fatal = false } = {}) {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('transcode: the bytes must be a Uint8Array');
  const source = encodingOf('transcode', from);
  const target = encodingOf('transcode', to);
  const wide = source === UTF16 || source === UTF16BE[0];
  if (fatal && wide && bytes.length % 2 !== 0) throw new RangeError('transcode: the bytes end in the middle of a character');
  const plain = source === UTF16BE[0] ? swapped(bytes) : bytes;
  if (fatal && source === ASCII && bytes.some((byte) => byte > 127)) throw new RangeError('transcode: a byte above 127 is not ASCII');
  const text = decode(plain, 0, plain.length, wide ? UTF16 : source);
  if (fatal && (source === UTF8 ? !sameBytes(new Uint8Array(encode(text, UTF8)), bytes) : wide && !text.isWellFormed())) throw new RangeError(`transcode: the bytes are not ${from}`);
  const most = target === LATIN1 ? 0xff : target === ASCII ? 0x7f : Infinity;
  if (most === Infinity) {
    const encoded = new Uint8Array(encode(text.toWellFormed(), target === UTF8 ? UTF8 : UTF16));
    return target === UTF16BE[0] ? swapped(encoded) : encoded;
  }
  return Uint8Array.from(text, (character) => {
    const point = character.codePointAt(0);
    if (point <= most) return point;
    if (fatal) throw new RangeError(`transcode: U+${point.toString(16).toUpperCase().padStart(4, '0')} is not in ${to}`);
    return 63;
  });
}

function sameBytes(a, b) { return a.length === b.length && a.every((byte, i) => byte === b[i]); }

export default { FORMS, normalize, isNormalized, toLowerCase, toUpperCase, caseFold, segment, collator, sort, transcode };
