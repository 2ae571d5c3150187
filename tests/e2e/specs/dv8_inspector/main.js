var answer = 42
const { Thread } = module('thread', {})
global.receive = text => {
  const { id, result, error, method } = JSON.parse(text)
  if (id === 1) console.log('value', result.result.value)
  if (id === 2) console.log('error', error.message)
  if (id === 3) console.log('profile', Array.isArray(result.profile.nodes))
  if (method === 'Runtime.executionContextCreated') console.log('context')
}
const ask = (id, method, params = {}) => send(JSON.stringify({ id, method, params }))
ask(1, 'Runtime.evaluate', { expression: 'answer + 1' })
ask(2, 'No.such')
ask(0, 'Profiler.enable')
ask(0, 'Profiler.start')
ask(3, 'Profiler.stop')
ask(0, 'Runtime.enable')
new Thread().start(() => {
  globalThis.inThread = 'in the thread'
  globalThis.receive = text => console.log(JSON.parse(text).result.result.value)
  send('{"id":1,"method":"Runtime.evaluate","params":{"expression":"inThread"}}')
}, (error, status) => console.log(error, status))
