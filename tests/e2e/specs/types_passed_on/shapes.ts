export interface Shape { side: number }
export type Unit = 'cm' | 'in';
export type * from './only-types.js';
export const enum Folded { One = 1, Two = One << 1 }
export enum Level { Low, High = 5, Both = High | Folded.Two, Text = 'text' }
export const area = ({ side }: Shape): number => side ** Folded.Two;
export { names } from './only-types.js';
