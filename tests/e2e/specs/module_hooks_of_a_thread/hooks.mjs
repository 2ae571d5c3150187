export async function resolve(specifier, context, next) {
  return specifier.startsWith('made:') ? { url: specifier, shortCircuit: true } : next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith('made:')) return next(url, context);
  return { format: 'module', shortCircuit: true, source: `export default ${JSON.stringify(url)};` };
}
