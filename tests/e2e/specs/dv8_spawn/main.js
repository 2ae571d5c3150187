const first = process.spawn(() => {
  process.onMessage(({ opCode, threadId, payload }) => {
    process.send({ back: payload, opCode, threadId, TID: process.TID })
    process.sendString('text')
    process.send('as JSON')
    process.sock.close()
  })
}, ({ err, thread, status }) => {
  console.log('complete', err, thread.id, status, process.threads[1])
  thread.sock.close()
  second()
}, { ipc: true })
console.log(first.id, process.threads[1] === first)
first.onMessage(({ opCode, threadId, length, payload }) => console.log(opCode, threadId, length, payload))
first.sendString('hello')

function second () {
  const thread = process.spawn('./worker.js', (error, status) => {
    console.log('file', error, status)
    third()
  }, { ipc: true })
  thread.onMessage(({ payload }) => console.log(payload))
}

function third () {
  const thread = process.spawn(['.', 'bad.js'].join('/'), ({ err, status }) => {
    console.log(err.name, status)
    process.spawn('./none.js', ({ err, status }) => console.log(err.code, status), { ipc: true }).onMessage(() => {})
  }, { ipc: true })
  thread.onMessage(() => {})
}
