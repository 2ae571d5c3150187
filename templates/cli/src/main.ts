import { readFileSync } from 'node:fs';
import { completion } from './completion.ts';
import { count, type Counts } from './count.ts';
import { HELP, parse } from './options.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

function read(file: string): string {
  return readFileSync(file === '-' ? 0 : file, 'utf8');
}

function print(file: string, counts: Counts, json: boolean): void {
  console.log(json ? JSON.stringify({ file, ...counts }) : `${counts.lines} ${counts.words} ${counts.bytes} ${file}`);
}

function main(args: string[]): number {
  const options = parse(args);
  if ('error' in options) {
    console.error(`my-app: ${options.error}`);
    return EXIT_USAGE;
  }
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  if (options.completion !== undefined) {
    console.log(completion(options.completion));
    return 0;
  }
  let code = 0;
  for (const file of options.files) {
    try {
      print(file, count(read(file)), options.json);
    } catch (error) {
      console.error(`my-app: ${file}: ${(error as Error).message}`);
      code = EXIT_FAILED;
    }
  }
  return code;
}

process.exitCode = main(process.argv.slice(2));
