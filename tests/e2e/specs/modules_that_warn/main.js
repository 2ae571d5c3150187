process.on('warning', ({ name, code, message }) => console.log(name, code, message.slice(0, 40)))

const settled = () => new Promise((resolve) => setImmediate(resolve))

async function main() {
  await settled()
  console.log('started')
  require('node:wasi')
  await settled()
  require('punycode')
  await settled()
  require('sys')
  await settled()
  require('_stream_wrap')
  await settled()
  console.log(require('of-a-package').encode('mañana'), (await import('./late.mjs')).encoded)
}

main()
