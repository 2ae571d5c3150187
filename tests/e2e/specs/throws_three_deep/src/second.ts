import { third } from '../lib/third';
export const second = (depth: number): void => {
  third(depth + 1);
};
