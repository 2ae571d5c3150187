// A language of lines that are written in capital letters.
export const languages = [{ name: 'upper', parsers: ['upper'], extensions: ['.upper'] }];
export const parsers = {
  upper: { parse: (text) => ({ type: 'text', text }), astFormat: 'upper', locStart: () => 0, locEnd: (node) => node.text.length },
};
export const printers = { upper: { print: (path) => path.node.text.toUpperCase() } };
