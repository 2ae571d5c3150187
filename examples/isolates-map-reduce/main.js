// Four mappers take the files of texts/ one after the other; what each has counted is added up here.
var fs = isolate.system.fs.current;
var total = {};
var left;
var open = 4;

function add(counts) {
  Object.keys(counts).forEach(function(word) { total[word] = (total[word] || 0) + counts[word]; });
}

function work(count) {
  var name = left.pop();
  if (name !== undefined) {
    count('/texts/' + name).then(add).then(function() { work(count); });
  } else if (--open === 0) {
    Object.keys(total).sort(function(a, b) { return total[b] - total[a] || (a < b ? -1 : 1); }).slice(0, 5).forEach(function(word) {
      console.log(word, total[word]);
    });
    isolate.exit();
  }
}

fs({ action: 'list', path: '/texts' }).then(function(names) {
  left = names;
  for (let i = 0; i < open; i++) fs({ action: 'spawn', path: '/mapper.js', env: { ready: work } });
});
