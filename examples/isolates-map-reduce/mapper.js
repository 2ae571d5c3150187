// Reads the files that it is told, and counts their words.
var fs = isolate.system.fs.current;

isolate.env.ready(function count(path) {
  return fs({ action: 'readFile', path: path }).then(function(text) {
    var counts = {};
    (text.toLowerCase().match(/[a-z]+/g) || []).forEach(function(word) { counts[word] = (counts[word] || 0) + 1; });
    return counts;
  });
});
