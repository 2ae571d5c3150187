exports.inTry = () => {
  try {
    return require('not-there');
  } catch (error) {
    throw error;
  }
};
exports.inFunction = () => require('./nowhere/x.js');
exports.computed = () => require(['not', 'there'].join('-'));
