switch (isolate.data.how) {
  case 'nothing': break;
  case 'timer': setTimeout(function() { isolate.env.say('timer'); }, 10); break;
  case 'call': isolate.env.slow().then(function(value) { isolate.env.say('answered ' + value); }); break;
  case 'given': isolate.env.give(function() { return 'still here'; }); break;
  case 'exit':
    try {
      isolate.exit({ list: [1], done: true });
    } catch (error) {
      isolate.env.say('not reached');
    } finally {
      isolate.env.say('not reached');
    }
    break;
  case 'function': isolate.exit(function() {}); break;
  case 'throws': throw new Error('of the top level');
  case 'syntax': isolate.eval('(', 'broken.js'); break;
  case 'grandchild':
    isolate.system.fs.current({ action: 'spawn', path: '/peer.js', data: { how: 'slow' }, env: { say: isolate.env.say } });
    isolate.exit('left');
    break;
  case 'slow': setTimeout(function() { isolate.env.say('grandchild'); }, 30); break;
}
