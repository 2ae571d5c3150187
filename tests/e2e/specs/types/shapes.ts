export interface Point { x: number }
export type Unused = string;
export function makePoint(x: number): Point { return { x }; }
