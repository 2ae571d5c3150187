export type Counts = Map<string, number>;

/** Adds the words of `text` to `counts`; letters of any script make a word. */
export function count(text: string, counts: Counts): void {
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{M}']+/gu)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
}
