console.log(process.args === process.argv, process.PID === process.pid, process.TID, Object.keys(process).includes('TID'))
const { spawn } = library('thread', {})
const own = spawn(() => {
  onMessage(value => {
    send({ twice: value.n * 2, hrtime: Array.isArray(process.hrtime()), TID: process.TID })
    onMessage()
  })
}, (error, status) => {
  console.log(error, status)
  const thread = process.spawn('./worker.js', ({ err, status }) => console.log(err, status), { ipc: true })
  thread.onMessage(({ opCode, payload }) => console.log(opCode, payload))
}, { ipc: true })
own.onMessage(value => console.log(value))
own.send({ n: 21 })
