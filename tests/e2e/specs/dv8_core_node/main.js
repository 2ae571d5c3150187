var path = require('node:path')
const { spawnSync } = require('node:child_process')
const { Timer } = require('timer')
console.log(path.join('a', 'b'), typeof spawnSync, new URL('x:y').pathname)
console.log(typeof setTimeout, typeof TextEncoder, typeof Headers, typeof require('fs').FileSystem, typeof require('node:fs').readFileSync)
console.log(Buffer.fromString('dv8').read(), this === globalThis, globalThis.path === path)
const timer = new Timer()
timer.start(() => {
  timer.close()
  let text = ''
  process.stdin.setEncoding('utf8')
  process.stdin.on('data', (piece) => { text += piece })
  process.stdin.on('end', () => {
    console.log(JSON.stringify(text))
    throw new Error('told, and ends nothing')
  })
}, 1)
onExit(() => console.log('the end', process.exitCode))
