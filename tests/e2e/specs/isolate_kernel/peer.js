var kernel = isolate.system.kernel;
kernel.isolatesInfo().then(function(all) {
  isolate.env.say(all.map(function(one) { return [typeof one.id, one.path].join(' '); }).join());
  return kernel.systemInfo();
}).then(function(info) {
  isolate.env.say([Object.keys(info).join(), info.memory.rss > 1 << 20, info.uptime >= 0].join(' '));
  console.log('to the log, as env has no stdout', 1);
  isolate.exit();
});
