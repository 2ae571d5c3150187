import { readFile } from 'node:fs/promises';

const url = new URL('../../parts/', import.meta.url);

export const place = [import.meta.url.split('/').slice(-3), import.meta.main, typeof __dirname];
export const part = async (name) => (await readFile(new URL('../../parts/two.txt', import.meta.url), 'utf8')).trim() + name + url.href.endsWith('/parts/');
