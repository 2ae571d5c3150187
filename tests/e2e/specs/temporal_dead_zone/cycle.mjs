import { own } from './main.mjs';

export let early;
try {
  early = own;
} catch (error) {
  early = `${error.name}: ${error.message}`;
}
export const late = () => own;
