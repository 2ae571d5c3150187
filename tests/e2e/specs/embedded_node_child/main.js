const { execFileSync, execSync, fork, spawn } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')

const child = path.join(__dirname, 'lib/child.js')
// No node is there.
const options = { encoding: 'utf8', env: { PATH: '/none' } }

console.log(execFileSync('node', [child, 'a'], options).trim())
console.log(execFileSync('node', ['--no-warnings', '--stack-trace-limit=5', child, '--b'], options).trim())
console.log(execFileSync('/none/bin/node', ['-r', path.join(__dirname, 'lib/value.js'), child], options).trim())
console.log(execSync(`node ${child} shell; exec node --no-warnings "${child}" 'q q'`, options).trim())
console.log(execSync(`echo node ${__dirname} (nodes)`.replace(/[()]/g, ''), options).trim())

// A file of the disk is node's.
const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'node-')), 'disk.js')
fs.writeFileSync(file, '')
spawn('node', [file], options).on('error', (error) => {
  console.log(error.code, error.syscall)
  fs.rmSync(path.dirname(file), { recursive: true })
  fork(child, ['forked'], { execPath: 'node', env: options.env }).on('message', (value) => console.log('message', value))
})
