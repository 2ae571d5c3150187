const twice = (value, { kind }) => kind === 'field' ? (first) => 2 * first : value;

exports.Counter = class {
  @twice count = 21;
};
