(() => {
  var modules = { 0: (module) => { module.exports = 'tea'; } };
  var cache = {};
  function load(id) {
    if (cache[id] === undefined) modules[id](cache[id] = { exports: {} });
    return cache[id].exports;
  }
  load(0);
})();
