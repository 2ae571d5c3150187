var got = [];
isolate.env.ready({
  add: function(n) { got.push(n); return n; },
  slow: function(n) { return new Promise(function(resolve) { setTimeout(resolve, 10, n); }); },
  back: function(callback) { return callback('from the peer'); },
  inOrder: function() { return got.every(function(n, i) { return n === i; }) && got.length; },
  quit: function() { isolate.exit(); },
});
