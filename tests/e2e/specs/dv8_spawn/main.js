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
    process.spawn('./none.js', ({ err, status }) => {
      console.log(err.code, status)
      fourth()
    }, { ipc: true }).onMessage(() => {})
  }, { ipc: true })
  thread.onMessage(() => {})
}

// Without options there are messages too; what is written to its memory before it starts is there; it ends by
// the other side's close.
function fourth () {
  const thread = process.spawn(() => {
    const view = new DataView(workerData.bytes)
    process.onMessage(() => {})
    process.send([view.getUint8(0) === process.TID, view.getUint32(1000)])
  }, ({ thread, status }) => console.log(status, Object.keys(process.threads).length, JSON.stringify(thread.seen)))
  thread.view.setUint32(1000, 12345)
  thread.onMessage(({ payload }) => {
    thread.seen = JSON.parse(payload)
    thread.sock.close()
  })
}
