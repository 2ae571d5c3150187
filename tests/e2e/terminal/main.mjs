// Programs that talk with a terminal; the first argument says which one runs.
import { spawnSync } from 'node:child_process';
import readline from 'node:readline';
import promises from 'node:readline/promises';
import tty from 'node:tty';

const io = { input: process.stdin, output: process.stdout };
const programs = {
  question() {
    const rl = readline.createInterface(io);
    rl.question('name? ', (name) => {
      console.log(`hello ${name}`);
      rl.close();
    });
  },
  async promises() {
    const rl = promises.createInterface(io);
    const name = await rl.question('name? ');
    const town = await rl.question('town? ');
    console.log(`${name} of ${town}`);
    rl.close();
  },
  abandoned() {
    promises.createInterface(io).question('name? ').catch((error) => console.log(error.name, error.message));
  },
  interrupt() {
    const rl = readline.createInterface(io);
    rl.on('SIGINT', () => {
      console.log(' interrupted', JSON.stringify(rl.line));
      rl.close();
    });
    rl.question('wait? ', () => {});
  },
  closes() {
    const rl = readline.createInterface(io);
    rl.on('close', () => console.log(' closed'));
    rl.question('wait? ', () => {});
  },
  lines() {
    const rl = readline.createInterface({ ...io, prompt: '$ ' });
    rl.on('line', (line) => {
      console.log(`line ${JSON.stringify(line)}`);
      rl.prompt();
    });
    rl.on('close', () => console.log('closed'));
    rl.prompt();
  },
  complete() {
    const words = ['apple', 'apply', 'banana'];
    const rl = readline.createInterface({ ...io, completer: (line) => [words.filter((word) => word.startsWith(line)), line] });
    rl.question('fruit: ', (fruit) => {
      console.log(`= ${fruit}`);
      rl.close();
    });
  },
  password() {
    process.stdin.setRawMode(true);
    process.stdin.setEncoding('utf8');
    process.stdout.write('password: ');
    let typed = '';
    process.stdin.on('data', function take(keys) {
      for (const key of keys) {
        if (key !== '\r') {
          typed += key;
          continue;
        }
        process.stdin.setRawMode(false);
        process.stdin.pause();
        process.stdin.off('data', take);
        console.log(`\n${typed.length} keys`);
      }
    });
    process.stdin.resume();
  },
  muted() {
    const rl = readline.createInterface(io);
    rl.question('secret: ', (secret) => {
      console.log(`\n${secret.length} keys`);
      rl.close();
    });
    rl._writeToOutput = () => {};
  },
  child() {
    const rl = readline.createInterface(io);
    rl.question('edit? ', () => {
      rl.pause();
      spawnSync('sh', ['-c', 'echo editor; read line; echo "read $line"'], { stdio: 'inherit' });
      console.log('the editor is done');
      rl.question('more? ', (more) => {
        console.log(`more ${more}`);
        rl.close();
      });
    });
  },
  paused() {
    process.stdin.once('data', (data) => {
      console.log(`got ${JSON.stringify(String(data))}`);
      process.stdin.pause();
      setTimeout(() => {
        console.log('resumed');
        process.stdin.resume();
        process.stdin.once('data', (more) => {
          console.log(`then ${JSON.stringify(String(more))}`);
          process.stdin.pause();
        });
      }, 300);
    });
    console.log('ready');
  },
  keys() {
    readline.emitKeypressEvents(process.stdin);
    process.stdin.setRawMode(true);
    process.stdin.on('keypress', (text, key) => {
      console.log(JSON.stringify([text, key.name, key.ctrl, key.meta, key.shift]));
      if (key.name === 'q') {
        process.stdin.setRawMode(false);
        process.exit(6);
      }
    });
    console.log('ready', process.stdin instanceof tty.ReadStream, process.stdout instanceof tty.WriteStream);
  },
  resize() {
    const timer = setTimeout(() => process.exit(1), 20000);
    process.stdout.on('resize', () => {
      console.log(`resized to ${process.stdout.columns}x${process.stdout.rows}`);
      clearTimeout(timer);
    });
    console.log(`ready ${process.stdout.columns}x${process.stdout.rows}`);
  },
  raw_exit() {
    process.stdin.setRawMode(true);
    console.log('raw');
    process.stdin.once('data', () => process.exit(3));
  },
};
programs[process.argv[2]]();
