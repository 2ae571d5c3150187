// console.table.
import { previewEntries } from 'internal:util';
import { inspect } from './inspect.js';
import { getStringWidth } from './string_width.js';

function cell(value) {
  const depth = value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 2 ? -1 : 0;
  return inspect(value, { maxArrayLength: 3, breakLength: Infinity, depth });
}

function render(head, columns) {
  const widths = head.map((title) => getStringWidth(title) + 2);
  const rowCount = Math.max(...columns.map((column) => column.length));
  columns.forEach((column, i) => {
    for (let row = 0; row < rowCount; row++) {
      column[row] = Object.hasOwn(column, row) ? column[row] : '';
      widths[i] = Math.max(widths[i], getStringWidth(column[row]) + 2);
    }
  });
  const line = (cells) => `│${cells.map((text, i) => ` ${text}${' '.repeat(widths[i] - getStringWidth(text) - 1)}`).join('│')}│\n`;
  const bars = widths.map((width) => '─'.repeat(width));
  let text = `┌${bars.join('┬')}┐\n${line(head)}├${bars.join('┼')}┤\n`;
  for (let row = 0; row < rowCount; row++) text += line(columns.map((column) => column[row]));
  return `${text}└${bars.join('┴')}┘`;
}

/** A table of `data`'s rows; `only` names the columns to show. */
export function table(data, only) {
  const isMap = data instanceof Map;
  const preview = isMap || data instanceof Set || /Iterator\]$/.test(Object.prototype.toString.call(data))
    ? previewEntries(data) : undefined;
  if (preview !== undefined) {
    const [entries, keyed] = preview;
    if (keyed) {
      const keys = entries.filter((_, i) => i % 2 === 0).map(cell);
      const values = entries.filter((_, i) => i % 2 === 1).map(cell);
      return render(['(iteration index)', 'Key', 'Values'], [keys.map((_, i) => `${i}`), keys, values]);
    }
    return render(['(iteration index)', 'Values'], [entries.map((_, i) => `${i}`), entries.map(cell)]);
  }
  const indexes = Object.keys(data);
  const columns = new Map();
  const values = [];
  let hasValues = false;
  indexes.forEach((index, row) => {
    const item = data[index];
    if (item === null || (typeof item !== 'function' && typeof item !== 'object')) {
      hasValues = true;
      values[row] = cell(item);
      return;
    }
    for (const key of only ?? Object.keys(item)) {
      if (!columns.has(key)) columns.set(key, []);
      if (Object.hasOwn(item, key)) columns.get(key)[row] = cell(item[key]);
    }
  });
  const head = ['(index)', ...columns.keys()];
  const all = [indexes, ...columns.values()];
  if (hasValues) {
    head.push('Values');
    all.push(values);
  }
  return render(head, all);
}
