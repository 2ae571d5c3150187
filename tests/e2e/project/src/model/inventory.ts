export enum Kind {
  Tool = 1,
  Food = Tool << 1,
}

export interface Item {
  readonly name: string;
  readonly kind: Kind;
  price?: number | undefined;
}

function counted<This, Args extends unknown[], Result>(
  _target: object,
  _name: string,
  descriptor: TypedPropertyDescriptor<(this: This, ...args: Args) => Result>,
) {
  const original = descriptor.value!;
  descriptor.value = function (this: This, ...args: Args): Result {
    Inventory.calls++;
    return original.apply(this, args);
  };
}

export class Inventory implements Iterable<Item> {
  static calls = 0;
  readonly #items = new Map<string, Item>();

  constructor(items: Iterable<Item> = []) {
    for (const item of items) this.#items.set(item.name, item);
  }

  @counted
  take(limit: number): Item[] {
    return [...this].slice(0, limit);
  }

  *[Symbol.iterator](): Iterator<Item> {
    yield* this.#items.values();
  }
}

export namespace Inventory {
  export const empty = new Inventory();
}
