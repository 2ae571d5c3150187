import { b } from './b.mjs';
export let live = 0;
export function change() { live++; }
export const seen = typeof b;
export class Named {}
