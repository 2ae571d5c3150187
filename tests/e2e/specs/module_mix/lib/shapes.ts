export enum Kind { Circle = 'circle', Square = 'square' }
export interface Shape { kind: Kind; size: number }
export function area(shape: Shape): number {
  return shape.kind === Kind.Circle ? Math.PI * shape.size ** 2 : shape.size ** 2;
}
