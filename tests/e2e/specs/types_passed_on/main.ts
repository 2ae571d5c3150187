// Types that go from file to file leave nothing behind, and enums are what TypeScript says.
import { Shape, area, type Unit, Level, names } from './shapes.js';
import type { Missing } from './nowhere.js';
import fallback, { Unused } from './fallback';
export type { Shape } from './shapes.js';

const unit: Unit = 'cm';
const square = { side: 2 } satisfies Shape as Shape;
let missing: Missing | undefined;
console.log(area(square), unit, Level.High, Level[Level.High], Level.Both, names(), missing, fallback<string>('kept'));
abstract class Base<in out T> { constructor(protected readonly held: T, public tag?: string) {} abstract get(): T; }
class Held extends Base<number> { override get = (): number => this.held!; declare extra: string; accessor more = 1; }
console.log(Object.keys(new Held(3)), new Held(3).get(), new Held(1).more, <const>['a'], ((x: unknown): x is string => typeof x === 'string')('b'));
namespace Tools { export const size = 4; export namespace Inner { export const deep = size + 1; } }
console.log(Tools.size, Tools.Inner.deep);
