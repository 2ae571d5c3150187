console.log('started')
for (const load of [() => import('./tools.mjs'), () => import('./more.mjs')]) {
  try {
    console.log((await load()).name)
  } catch (error) {
    console.log(error.code)
  }
}
