isolate.spawn({
  path: '/plugin.js',
  sandbox: true,
  data: { x: [1] },
  env: {
    stdout: isolate.env.stdout,
    call: function(value) { return value; },
    object: function() { return { nested: [1] }; },
    fail: function() { return Promise.reject(Object.assign(new Error('of the host'), { code: 'E' })); },
    show: function(value) { return JSON.stringify(value); },
    proto: function(value) { return String({}.isAdmin) + Object.getPrototypeOf(value).isAdmin + Object.keys(value).join(); },
    ready: async function(names, attempt) {
      for (var name of names) {
        try {
          console.log(name, await attempt(name));
        } catch (error) {
          console.log(name, 'threw', error.message);
        }
      }
      isolate.exit();
    },
  },
});
