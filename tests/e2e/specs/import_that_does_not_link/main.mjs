// import() of a module that asks another for what it does not export is rejected when it runs; the rest is there.
for (const load of [() => import('./asks.mjs'), () => import('./passes-on.mjs'), () => import('./has.mjs')]) {
  await load().then(({ one }) => console.log(one), (error) => console.log(error.name, error.message));
}
