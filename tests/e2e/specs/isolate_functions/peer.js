isolate.env.ready({
  keep: function(callback) { kept = callback; },
  call: function() { return kept.apply(null, arguments); },
  through: function(value) { return value; },
  each: function(values, callback) { return Promise.all(values.map(function(value) { return callback(value); })); },
  that: function() { 'use strict'; return this === undefined; },
  make: function() { return function() { return 'made'; }; },
}, isolate.data.name);
var kept;
