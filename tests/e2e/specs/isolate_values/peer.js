isolate.env.ready({
  echo: function(value) { return value; },
  kinds: function() { return Array.prototype.map.call(arguments, function(value) { return Object.prototype.toString.call(value); }); },
  symbol: function() { return Symbol('s'); },
  circle: function() { var a = {}; a.a = a; return a; },
  quit: function() { isolate.exit('done'); },
});
