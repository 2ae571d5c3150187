import { second } from './second';

type Options = { depth: number };

export function first(options: Options): void {
  second(options.depth + 1);
}
