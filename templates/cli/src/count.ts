export interface Counts {
  lines: number;
  words: number;
  bytes: number;
}

export function count(text: string): Counts {
  return {
    lines: text.split('\n').length - 1,
    words: text.match(/\S+/g)?.length ?? 0,
    bytes: Buffer.byteLength(text),
  };
}
