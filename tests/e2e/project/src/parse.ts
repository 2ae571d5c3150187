import { type Item, Kind } from "./model/inventory.js";

const kinds: Readonly<Record<string, Kind>> = { tool: Kind.Tool, food: Kind.Food };

/** Reads `kind name [price]`. */
export function parseLine(line: string): Item {
  const match = /^(?<kind>\w+) (?<name>\w+)(?: (?<price>[\d.]+))?$/.exec(line);
  const { kind = "", name = "", price } = match?.groups ?? {};
  const known = kinds[kind];
  if (known === undefined) throw new SyntaxError(`unknown kind: ${kind}`);
  return { kind: known, name, price: price === undefined ? undefined : Number(price) };
}
