import { parseArgs, type ParseArgsConfig } from 'node:util';
import { SHELLS, type Shell } from './completion.ts';

export const OPTIONS = {
  json: { type: 'boolean', short: 'j', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  completion: { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

export const HELP = `Counts lines, words and bytes.

  my-app [options] [file...]    without a file, or with -: standard input

  -j, --json                    an object a line
  -h, --help                    this text
      --completion bash|fish    the shell's completion, to be sourced`;

export interface Options {
  files: string[];
  json: boolean;
  help: boolean;
  completion?: Shell;
}

export function parse(args: string[]): Options | { error: string } {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    const shell = SHELLS.find((name) => name === values.completion);
    if (values.completion !== undefined && shell === undefined) return { error: `--completion is ${SHELLS.join(' or ')}` };
    return {
      files: positionals.length > 0 ? positionals : ['-'],
      json: values.json,
      help: values.help,
      ...(shell && { completion: shell }),
    };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
