console.log(process.args.length, process.args[2], process.env.NAME, process.TID, process.PID === process.pid)
const start = process.hrtime()
process.sleep(0.001)
process.usleep(1000)
process.nanosleep(0, 1000000)
console.log(typeof start, process.hrtime() - start >= 3000000n, Array.isArray(process.hrtime([0, 0])))
const memory = process.memoryUsage()
console.log(memory.rss > memory.used_heap_size, memory.total_heap_size > 0, memory.heap_size_limit > 0, memory.heapUsed > 0)
const spaces = [new Float64Array(4)]
const { Process } = module('process', {})
console.log(Object.values(new Process().heapUsage(spaces))[0] === spaces[0])
setInterval(() => console.log('never'), 1).stop()
console.log(process.cwd().startsWith('/'), Object.keys(process.heapUsage()).includes('old_space'), process.cpuUsage().system >= 0)
process.onExit = () => console.log('onExit', process.exitCode)
onExit(() => console.log('never: another takes its place'))
onExit(() => console.log('last onExit'))
process.on('exit', () => console.log('exit'))
let turns = 0
let over = false
setTimeout(() => { over = true }, 5)
const again = () => {
  turns++
  if (!over || turns < 2) return process.nextTick(again)
  const stats = process.stats()
  console.log('turns', turns > 1, stats.ticks === turns, stats.queue, process.loop.isAlive())
  const timer = setInterval(() => {}, 1000)
  setTimeout(() => {
    console.log(process.activeHandles().some(({ active, type }) => active === 0 && type === 'timer'))
    clearInterval(timer)
    process.exitCode = 0
  }, 1)
}
process.nextTick(again)
Promise.resolve().then(() => console.log('microtask'))
process.runMicroTasks()
console.log('end')
