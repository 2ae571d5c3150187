// A small project with what a compiler has to work at: generics, decorators, enums, overloads,
// private names, satisfies, conditional and mapped types, declaration merging.
import { Inventory, type Item, Kind } from "./model/inventory.js";
import { parseLine } from "./parse.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type ElementOf<T> = T extends readonly (infer E)[] ? E : never;

const defaults = { currency: "EUR", limits: [1, 10, 100] } as const satisfies Record<string, unknown>;
type Limit = ElementOf<(typeof defaults)["limits"]>;

export interface Report {
  total: number;
}
export interface Report {
  readonly lines: readonly string[];
}

export function summarise(inventory: Inventory): Report;
export function summarise(inventory: Inventory, limit: Limit): Report;
export function summarise(inventory: Inventory, limit: Limit = 100): Report {
  const report: Mutable<Report> = { total: 0, lines: [] };
  for (const { name, price, kind } of inventory.take(limit)) {
    report.total += price ?? 0;
    report.lines = [...report.lines, `${Kind[kind]}: ${name} ${price?.toFixed(2) ?? "?"} ${defaults.currency}`];
  }
  return report;
}

const items: Item[] = ["tool hammer 12.5", "food bread 2", "tool saw"].map(parseLine);
const report = summarise(new Inventory(items));
console.log(report.lines.join("\n"), report.total);
