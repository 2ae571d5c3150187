isolate.env.stdout('green', { fg: 'green' });
isolate.env.stdout('on red', { fg: 'white', bg: 'red' });
isolate.env.stdout('-', { repeat: 3 });
isolate.env.stdout('none', { fg: 'mauve', x: 5 });
isolate.env.stderr('an error\n');
