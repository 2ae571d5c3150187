// How util.inspect puts the parts of a value into lines.
import { getStringWidth } from './string_width.js';

export const OBJECT = 0;
export const ARRAY = 1;
export const ARRAY_EXTRAS = 2;

export function remainingText(count) { return `... ${count} more item${count > 1 ? 's' : ''}`; }

// Puts more than six short entries into columns, about 2.5 times as wide as high.
function groupArrayElements(ctx, output, value) {
  let total = 0;
  let longest = 0;
  let count = output.length;
  if (ctx.maxArrayLength < count) count--; // "... more items" stays on its own line.
  const separator = 2;
  const lengths = new Array(count);
  for (let i = 0; i < count; i++) {
    const length = getStringWidth(output[i], ctx.colors);
    lengths[i] = length;
    total += length + separator;
    if (longest < length) longest = length;
  }
  const actualMax = longest + separator;
  if (!(actualMax * 3 + ctx.indentationLvl < ctx.breakLength && (total / actualMax > 5 || longest <= 6))) return output;
  const averageBias = Math.sqrt(actualMax - total / output.length);
  const biasedMax = Math.max(actualMax - 3 - averageBias, 1);
  const columns = Math.min(Math.round(Math.sqrt(2.5 * biasedMax * count) / biasedMax),
                           Math.floor((ctx.breakLength - ctx.indentationLvl) / actualMax), ctx.compact * 4, 15);
  if (columns <= 1) return output;
  const rows = [];
  const widths = [];
  for (let i = 0; i < columns; i++) {
    let width = 0;
    for (let j = i; j < output.length; j += columns) if (lengths[j] > width) width = lengths[j];
    widths.push(width + separator);
  }
  let atEnd = false; // Numbers are aligned to the right.
  if (value !== undefined) {
    for (let i = 0; i < output.length && !atEnd; i++) atEnd = typeof value[i] !== 'number' && typeof value[i] !== 'bigint';
  }
  for (let i = 0; i < count; i += columns) {
    const max = Math.min(i + columns, count);
    let text = '';
    let j = i;
    for (; j < max - 1; j++) {
      const cell = `${output[j]}, `;
      const fill = ' '.repeat(widths[j - i] - lengths[j] - separator);
      text += atEnd ? cell + fill : fill + cell;
    }
    text += atEnd ? output[j] : ' '.repeat(widths[j - i] - lengths[j] - separator) + output[j];
    rows.push(text);
  }
  if (ctx.maxArrayLength < output.length) rows.push(output[count]);
  return rows;
}

function fitsOneLine(ctx, output, start, base) {
  let length = output.length + start;
  if (length + output.length > ctx.breakLength) return false;
  for (const part of output) {
    length += ctx.colors ? part.replace(/\x1b\[\d\d?m/g, '').length : part.length;
    if (length > ctx.breakLength) return false;
  }
  return base === '' || !base.includes('\n');
}

/** The parts in braces: on one line when they are few and short, else one below the other. */
export function reduceToSingleString(ctx, output, base, braces, kind, depth, value) {
  if (ctx.compact !== true) {
    if (typeof ctx.compact === 'number' && ctx.compact >= 1) {
      const entries = output.length;
      if (kind === ARRAY_EXTRAS && entries > 6) output = groupArrayElements(ctx, output, value);
      if (ctx.currentDepth - depth < ctx.compact && entries === output.length) {
        const start = output.length + ctx.indentationLvl + braces[0].length + base.length + 10;
        if (fitsOneLine(ctx, output, start, base)) {
          const joined = output.join(', ');
          if (!joined.includes('\n')) return `${base ? `${base} ` : ''}${braces[0]} ${joined} ${braces[1]}`;
        }
      }
    }
    const indent = `\n${' '.repeat(ctx.indentationLvl)}`;
    return `${base ? `${base} ` : ''}${braces[0]}${indent}  ${output.join(`,${indent}  `)}${indent}${braces[1]}`;
  }
  if (fitsOneLine(ctx, output, 0, base)) {
    return `${braces[0]}${base ? ` ${base}` : ''} ${output.join(', ')} ${braces[1]}`;
  }
  const indent = `\n${' '.repeat(ctx.indentationLvl)}`;
  const start = base === '' && braces[0].length === 1 ? ' ' : `${base ? ` ${base}` : ''}${indent}  `;
  return `${braces[0]}${start}${output.join(`,${indent}  `)} ${braces[1]}`;
}
