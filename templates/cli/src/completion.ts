import { OPTIONS } from './options.ts';

export const SHELLS = ['bash', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function completion(shell: Shell): string {
  const names = Object.keys(OPTIONS);
  if (shell === 'fish') return names.map((name) => `complete -c my-app -l ${name}`).join('\n');
  const words = names.map((name) => `--${name}`).join(' ');
  return `complete -o default -W '${words}' my-app`;
}
