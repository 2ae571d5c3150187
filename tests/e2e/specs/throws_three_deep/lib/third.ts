enum Level { Low, High }

export function third(depth: number): never {
  const level: Level = Level.High;
  throw new RangeError(`too deep: ${depth} at ${Level[level]}`);
}
