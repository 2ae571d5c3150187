// What the programs share: parsers that print what they are called back with.
import { HTTPParser, REQUEST } from 'dv8:httpParser';

export const attempt = (f) => {
  try {
    console.log(f());
  } catch (e) {
    console.log(`${e.name}: ${e.message}`);
  }
};
export const head = (w) => {
  const url = w.readUInt16BE(5),
    size = w.readUInt16BE(7);
  return [
    [...w.subarray(0, 5)].join(' '),
    w.toString('latin1', 16, 16 + url),
    JSON.stringify(w.toString('latin1', 16 + url, 16 + url + size)),
  ].join(' | ');
};
export const make = (text, mode, { work = 1024, Parser = HTTPParser } = {}) => {
  const input = Buffer.from(Buffer.from(text, 'latin1')),
    w = Buffer.alloc(work),
    parser = new Parser();
  parser.setup(input, w);
  Parser === HTTPParser ? parser.reset(mode) : parser.reset();
  parser.onHeaders(() => console.log('headers', head(w)));
  parser.onBody((n, at) => console.log('body', n, JSON.stringify(input.toString('latin1', at, at + n))));
  parser.onRequest(() => console.log('end'));
  parser.onError((errno, message) => console.log('error', errno, message));
  return { parser, input, w };
};
export const parse = (text, mode = REQUEST, options = {}) => {
  const { parser, input } = make(text, mode, options);
  console.log(parser.execute(input.length) === input.length);
  return parser;
};
