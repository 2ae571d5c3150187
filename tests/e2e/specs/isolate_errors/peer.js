function Own(message) { this.message = message; }
isolate.env.ready({
  throws: function namedThrower() { throw new TypeError('thrown'); },
  returns: function() { return new RangeError('returned'); },
  rejects: function() { return Promise.reject(new Error('rejected')); },
  resolves: function() { return Promise.resolve(new Error('resolved with')); },
  later: function() { return new Promise(function(resolve, reject) { setTimeout(function() { reject(new SyntaxError('late')); }, 5); }); },
  coded: function() { return Object.assign(new Error('with more'), { code: 'E_CODE', list: [1] }); },
  renamed: function() { var error = new Error('renamed'); error.name = 'OwnError'; return error; },
  text: function() { throw 'a text'; },
  object: function() { throw new Own('of an object'); },
  never: function() { return new Promise(function() {}); },
  thenable: function() { return { then: 1 }; },
  quit: function() { isolate.exit(); },
});
throw new Error('of the top level');
