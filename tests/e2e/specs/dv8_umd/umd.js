(function (root, factory) {
  if (typeof exports === 'object' && typeof module === 'object') module.exports = factory()
  else root.lost = factory()
})(this, function () { return function () { return `object ${typeof lost}` } })
