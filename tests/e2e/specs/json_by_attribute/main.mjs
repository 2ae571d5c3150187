// A file is what the attribute of its imports says, whatever it is called.
import config from './config' with { type: 'json' };
import rules from './rules.cfg' with { type: 'json' };

const { default: hidden } = await import('./.hidden', { with: { type: 'json' } });
console.log(config, rules, hidden);
const name = 'one';
console.log((await import(`./parts/${name}.json`, { with: { type: 'json' } })).default);
