// Types need no word `type` to leave nothing behind.
import { Point, makePoint } from './shapes';
import { Unused } from './shapes';
import declared from './declared';

export { Point } from './shapes';
const point: Point = makePoint(1);
const other: declared | undefined = undefined;
console.log(point.x, other);
