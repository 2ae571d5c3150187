// Calls that nobody should make, and ends at odd moments. The argument says which.
function never() { return new Promise(function() {}); }
function tell(what) { return function(error) { console.log(what, error instanceof Error ? error.message : error); }; }
function ended(name, value, reason) { console.log(name, String(value), String(reason)); }

var cases = {
  // The program ends while isolates compute, wait and start.
  exit: function() {
    isolate.spawn({ code: 'isolate.env.started(); for (;;);', env: { started: started } });
    isolate.spawn({ code: 'isolate.env.started(); runtime.syncRPC(isolate.env.never());', env: { started: started, never: never } });
    var n = 0;
    function started() {
      if (++n < 2) return;
      for (var i = 0; i < 5; i++) isolate.spawn({ code: 'for (;;);' });
      isolate.exit(5);
    }
  },
  processExit: function() {
    isolate.spawn({ code: 'isolate.env.started(); for (;;);', env: { started: function() { process.exit(6); } } });
  },
  // An isolate of a program has the program's process.
  exitInside: function() {
    isolate.spawn({ code: 'process.exit(3);', onExit: function(value, reason) { ended('process.exit inside', value, reason); } });
  },
  // Ended while calls wait in both directions.
  killDuringCalls: function() {
    var one = isolate.spawn({
      code: 'isolate.env.ready({ never: function() { return new Promise(function() {}); }, busy: function() { for (;;); } }); isolate.env.never();',
      env: {
        never: never,
        ready: function(api) {
          api.never().catch(tell('waits'));
          api.busy().catch(tell('busy'));
          for (var i = 0; i < 3; i++) api.never().catch(tell('behind it'));
          setTimeout(function() {
            one.kill();
            one.kill();
          }, 30);
          kept = api;
        },
      },
      onExit: function(value, reason) {
        ended('kill', value, reason);
        kept.never().catch(tell('after'));
      },
    });
    var kept;
  },
  // What it was given keeps nothing alive.
  killAtOnce: function() {
    isolate.spawn({ code: 'isolate.env.never();', env: { never: never }, onExit: function(value, reason) { ended('killed before it began', value, reason); } }).kill();
  },
  // Each starts another one and ends at once.
  chain: function() {
    var code = 'var n = isolate.data.n; if (n > 0) isolate.spawn({ code: isolate.data.code, data: { n: n - 1, code: isolate.data.code }, env: isolate.env }); else isolate.env.last(); isolate.exit(n);';
    isolate.spawn({ code: code, data: { n: 5, code: code }, env: { last: function() { console.log('last'); } }, onExit: function(value) { ended('first', value); } });
  },
  values: function() {
    [undefined, null, 5, 'text', [], {}, { path: '/none.js' }, { path: '' }, { path: null }, { code: Symbol('s') }, { code: '', data: Symbol('s') },
     { code: '', env: new Uint8Array(1) }, { code: '', system: { fs: new Map() } }, { code: '', data: new Proxy({}, { ownKeys: function() { throw new Error('own keys'); } }) },
     { get code() { throw new RangeError('of a getter'); } }, { code: { toString: function() { throw new Error('of toString'); } } },
     { code: '', limits: { memory: '5' } }, { code: '', limits: 5 }, { code: '', onExit: 5 }, { code: '', sandbox: 'yes' }, { code: '', path: '\0' }].forEach(function(options, index) {
      try {
        var one = isolate.spawn(options);
        one.kill();
        console.log(index, typeof one.id);
      } catch (error) {
        console.log(index, error.name + ': ' + error.message);
      }
    });
  },
  // onExit throws, and the program goes on.
  onExit: function() {
    isolate.spawn({ code: 'isolate.exit(1);', onExit: function() {
      setTimeout(function() { console.log('goes on'); }, 5);
      throw new Error('of onExit');
    } });
  },
  // What an isolate gives to onExit lives on, but not what is behind it.
  functionOfTheDead: function() {
    isolate.spawn({ code: 'isolate.exit({ call: function() { return 1; } });', onExit: function(value) { value.call().catch(tell('dead')); } });
  },
  // Two isolates that call each other without an end, and one of them ends.
  pingPong: function() {
    var count = 0;
    isolate.spawn({
      code: 'var other; isolate.env.ready({ ping: function(pong) { return pong(); } });',
      env: { ready: function(api) {
        function pong() { return ++count < 2000 ? api.ping(pong).catch(function() { return 'ended'; }) : (isolate.env.stdout('enough\n'), process.exit(0)); }
        api.ping(pong);
      } },
    });
  },
};

cases[isolate.data.command]();
