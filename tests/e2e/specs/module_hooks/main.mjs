// module.registerHooks() sees the program's modules, changes what they are, and makes some that are nowhere.
import { registerHooks, createRequire } from 'node:module';

const asked = [];
const hooks = registerHooks({
  resolve(specifier, context, next) {
    asked.push(specifier);
    return specifier === 'virtual:answer' ? { url: specifier, format: 'module', shortCircuit: true } : next(specifier, context);
  },
  load(url, context, next) {
    if (url === 'virtual:answer') return { format: 'module', source: 'export default 42;', shortCircuit: true };
    return next(url, context);
  },
});
const name = 'virtual:answer';
console.log((await import(name)).default, createRequire(import.meta.url)('virtual:answer').default);
hooks.deregister();
await import('virtual:answer' + '?').catch((error) => console.log(error.code));
console.log(asked);
