globalThis.count = (globalThis.count ?? 0) + 1;
export const { count } = globalThis;
export const url = import.meta.url.replace(/.*\//, '');
