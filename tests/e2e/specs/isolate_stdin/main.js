function ask(n) {
  isolate.env.stdin({
    mode: 'line',
    onData: function(data) {
      console.log(n, JSON.stringify(data));
      ask(n + 1);
    },
  }).then(function(value) { if (n === 1) console.log(value === undefined); });
}
ask(1);
nowhere(); // An error at the top level ends nothing.
