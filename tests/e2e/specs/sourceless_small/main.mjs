import tool from './tool.cjs';
import { sum } from './sum.mjs';
console.log(sum(1, 2), tool.name(), String(sum), String(tool.name));
try {
  tool.fail();
} catch (error) {
  console.log(error.stack.split('\n')[1].trim());
}
const { default: late } = await import('./late.mjs');
console.log(late(4));
