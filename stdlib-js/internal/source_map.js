// The app's source map, read when the first stack is asked for.
import { sourceMap } from 'internal:payload';
import { entryPath } from './process_state.js';

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const COMMA = 44;
const SEMICOLON = 59;
const LINES_A_MARK = 128;

/** Source map revision 3 (ECMA-426), decoded line by line as lookups need it. */
export class SourceMap {
  constructor(json) {
    this.sources = json.sources;
    this.contents = json.sourcesContent ?? [];
    this.mappings = json.mappings;
    this.values = new Uint8Array(128);
    for (let i = 0; i < 64; i++) this.values[digits.charCodeAt(i)] = i;
    // State of the decoder at the start of each 128th line: a lookup starts at the nearest.
    this.marks = [[0, 0, 0, 0]];
    this.lines = new Map();
  }

  /** [column, source, line, column, …] of the generated line, from 0. */
  segments(wanted) {
    const known = this.lines.get(wanted);
    if (known !== undefined) return known;
    const { mappings, values, marks } = this;
    const mark = Math.min(marks.length - 1, Math.floor(wanted / LINES_A_MARK));
    let [at, source, line, column] = marks[mark];
    let generatedLine = mark * LINES_A_MARK;
    let generatedColumn = 0;
    let result = [];
    const end = mappings.length;
    const numbers = [0, 0, 0, 0, 0];
    for (;;) {
      const code = at < end ? mappings.charCodeAt(at) : SEMICOLON;
      if (code === SEMICOLON) {
        if (generatedLine === wanted || at >= end) break;
        at++;
        generatedLine++;
        generatedColumn = 0;
        if (generatedLine % LINES_A_MARK === 0 && generatedLine / LINES_A_MARK === marks.length) {
          marks.push([at, source, line, column]);
        }
        continue;
      }
      if (code === COMMA) {
        at++;
        continue;
      }
      let count = 0;
      while (at < end) {
        const next = mappings.charCodeAt(at);
        if (next === COMMA || next === SEMICOLON) break;
        let value = 0;
        let shift = 0;
        let digit;
        do {
          digit = values[mappings.charCodeAt(at++)];
          value |= (digit & 31) << shift;
          shift += 5;
        } while (digit & 32);
        numbers[count++] = value & 1 ? -(value >>> 1) : value >>> 1;
      }
      generatedColumn += numbers[0];
      if (count >= 4) {
        source += numbers[1];
        line += numbers[2];
        column += numbers[3];
        if (generatedLine === wanted) result.push(generatedColumn, source, line, column);
      }
    }
    if (generatedLine !== wanted) result = [];
    this.lines.set(wanted, result);
    return result;
  }

  /** {source, line, column} for a generated place; all counted from 1. */
  find(line, column) {
    const segments = this.segments(line - 1);
    let low = 0;
    let high = segments.length / 4;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (segments[middle * 4] <= column - 1) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return undefined;
    const at = (low - 1) * 4;
    return { source: this.sources[segments[at + 1]], line: segments[at + 2] + 1, column: segments[at + 3] + 1 };
  }

  /** The text of one line of an original source; undefined when it is not kept. */
  sourceLine(source, line) {
    const text = this.contents[this.sources.indexOf(source)];
    return typeof text === 'string' ? text.split(/\r\n|\n|\r/, line)[line - 1] : undefined;
  }
}

let maps;  // null without any; a SourceMap of the program's one script; or {files: {path: map}} of its modules.

function read() {
  const text = sourceMap();
  if (text === undefined) return null;
  try {
    const json = JSON.parse(text);
    return json.files === undefined ? new SourceMap(json) : json;
  } catch {
    return null; // A damaged map must not hide the error that it was wanted for.
  }
}

/** The map of the program's one script, or null. */
export function appSourceMap() {
  if (maps === undefined) maps = read();
  return maps instanceof SourceMap ? maps : null;
}

/** The lines that show where an error left, "file:line", its text and a caret below, at their place in the sources. */
export function mappedLines(lines) {
  const [place, , caret] = lines.split('\n');
  const match = /^(.*):(\d+)$/.exec(place);
  const own = match === null ? undefined : moduleSourceMap(match[1]);
  const map = own ?? (match?.[1] === entryPath() ? appSourceMap() : undefined);
  const found = map?.find(Number(match[2]), (caret ?? '').indexOf('^') + 1);
  const text = found && map.sourceLine(found.source, found.line);
  if (text === undefined) return lines;
  return `${own === undefined ? found.source : match[1]}:${found.line}\n${text}\n${text.slice(0, found.column - 1).replace(/[^\t]/g, ' ')}^\n`;
}

/** The map of a module of the program, by its path or URL; undefined when it has none. */
export function moduleSourceMap(file) {
  if (maps === undefined) maps = read();
  const files = maps?.files;
  if (files === undefined) return undefined;
  const path = file.startsWith('file://') ? decodeURIComponent(file.slice(7)) : file;
  if (!Object.hasOwn(files, path)) return undefined;
  if (!(files[path] instanceof SourceMap)) files[path] = new SourceMap(files[path]);
  return files[path];
}
