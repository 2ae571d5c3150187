// The source maps of the program's files, read when the first stack is asked for.
import { sourceMap } from 'internal:payload';

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const COMMA = 44;
const SEMICOLON = 59;
const LINES_A_MARK = 128;

/** Source map revision 3 (ECMA-426), decoded line by line as lookups need it. */
export class SourceMap {
  constructor(json) {
    this.sources = json.sources;
    this.isOfOneFile = new Set(json.sources).size === 1;
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

let maps;  // By path, those of the program's files: each a SourceMap once it has been asked for.

function read() {
  try {
    return JSON.parse(sourceMap() ?? '{}').files ?? {};
  } catch {
    return {}; // A damaged map must not hide the error that it was wanted for.
  }
}

function pathOf(file) { return file.startsWith('file://') ? decodeURIComponent(file.slice(7)) : file; }

/** The map of a file of the program, by its path or URL; undefined when it has none. */
export function moduleSourceMap(file) {
  maps ??= read();
  const path = pathOf(file);
  if (!Object.hasOwn(maps, path)) return undefined;
  if (!(maps[path] instanceof SourceMap)) maps[path] = new SourceMap(maps[path]);
  return maps[path];
}

// A source's path, as `file` is written. It is the file itself but where --bundle has made one of many.
function sourceAs(file, source) {
  if (source === pathOf(file)) return file;
  return file.startsWith('file://') ? `file://${encodeURI(source)}` : source;
}

/** {source, line, column} in the sources for a place in a file, all counted from 1; undefined when there is none. */
export function mappedPlace(file, line, column) {
  const found = moduleSourceMap(file)?.find(line, column);
  return found && { ...found, source: sourceAs(file, found.source) };
}

/** The text of a line of a source that has been made into something else; undefined when it is not kept. */
export function sourceLine(source, line) {
  maps ??= read();
  const path = pathOf(source);
  const file = Object.keys(maps).find((name) => maps[name].sources.includes(path));
  return file && moduleSourceMap(file).sourceLine(path, line);
}

/** The lines that show where an error left, "file:line", its text and a caret below, at their place in the sources. */
export function mappedLines(lines) {
  const [place, , caret] = lines.split('\n');
  const match = /^(.*):(\d+)$/.exec(place);
  const found = match === null ? undefined : mappedPlace(match[1], Number(match[2]), (caret ?? '').indexOf('^') + 1);
  const text = found && sourceLine(found.source, found.line);
  if (text === undefined) return lines;
  return `${found.source}:${found.line}\n${text}\n${text.slice(0, found.column - 1).replace(/[^\t]/g, ' ')}^\n`;
}
