// require() and import() of names that are computed: esbuild packs the files that match.
const load = (name) => require(`./parts/${name}.js`);
console.log(load('one'), require('./parts/' + process.argv[2]));
for (const attempt of [() => load('three'), () => require(`./nowhere/${process.argv[2]}.js`)]) {
  try { attempt(); } catch (error) { console.log(error.code, error.message.split('\n')[0]); }
}
import(`./parts/${process.argv[2]}.mjs`).then((part) => console.log(part.default), console.error);
import(`./parts/${process.argv[2]}0.mjs`).catch((error) => console.log('rejected', error.code));
console.log(require('./parts/' + process.argv[2] + '/inside'), require(`./parts/${process.argv[2]}/inside`));
