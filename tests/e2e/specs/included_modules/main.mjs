// --include packs files and packages that only computed names lead to, with what they import.
const { argv: [, , folder, pack] } = process;
for (const name of ['tea', 'milk']) {
  const plugin = await import(new URL([folder, `${name}.mjs`].join('/'), import.meta.url));
  console.log(plugin.default);
}
const { default: he } = await import(pack);
console.log(he.encode('<'));
await import([folder, 'none.mjs'].join('/')).catch((error) => console.log(error.code));
