const { execSync, fork, spawnSync } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')

const CHILD = `console.log(path.basename(process.argv[1]), process.argv.slice(2), process.execArgv, require.main === module)
if (process.send) process.once('message', (n) => process.send(n * 2, () => process.disconnect()))`

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20000 })
  const complaint = stderr.split('\n').find((line) => /Error:|bad option/.test(line)) ?? ''
  console.log(status, stdout.trim(), complaint.replace(/'.*\/|^.*\//, ''))
}

function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'self-'))
  const child = path.join(folder, 'child.js')
  const module_ = path.join(folder, 'module.mjs')
  fs.writeFileSync(child, 'const path = require("path");' + CHILD)
  fs.writeFileSync(path.join(folder, 'data.json'), '{}')
  fs.writeFileSync(module_, 'import path from "node:path"; console.log(path.basename(import.meta.filename), process.argv.length)')
  run(child, 'a', '--b')
  run('--no-warnings', child)
  run('-p', '6 * 7')
  run('--input-type=module', '-e', 'import { sep } from "node:path"; console.log(sep)')
  run('--expose-gc', '-p', 'typeof gc')
  run(module_)
  console.log(/^ {2}--expose-gc /m.test(spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' }).stdout))
  run(__filename, 'packed')
  // No options of node's, and no scripts: the packed program.
  run('--no-such-option', 'packed')
  run('packed', '--x')
  run(path.join(folder, 'data.json'), 'packed')
  run(path.join(folder, 'missing.js'))
  console.log(execSync(`'${process.execPath}' '${child}' shell`, { encoding: 'utf8' }).trim())
  console.log(execSync(`"$ME" '${child}' variable`, { encoding: 'utf8', env: { ME: process.execPath } }).trim())
  console.log(execSync('"$ME" packed', { encoding: 'utf8', env: { ME: process.execPath } }).trim())
  const bin = path.join(folder, 'bin')
  const named = { encoding: 'utf8', env: { PATH: `${bin}:${process.env.PATH}` } }
  fs.mkdirSync(bin)
  fs.writeFileSync(path.join(bin, 'node'), `#!/bin/sh\nexec "${process.execPath}" "$@"\n`, { mode: 0o755 })
  console.log(execSync(`node '${child}' script`, named).trim())
  fs.rmSync(path.join(bin, 'node'))
  fs.symlinkSync(process.execPath, path.join(bin, 'node'))
  console.log(execSync(`node '${child}' link`, named).trim())
  // Nobody else gets the descriptor.
  console.log(execSync('ls /proc/self/fd | wc -l', { encoding: 'utf8', env: {} }).trim())
  const forked = fork(child, ['forked'])
  forked.on('message', (n) => console.log('message', n))
  forked.on('exit', (code) => {
    console.log('exit', code)
    fs.rmSync(folder, { recursive: true })
  })
  forked.send(21)
}

if (process.argv.includes('packed')) console.log('packed', process.argv.slice(2).map((a) => path.basename(a)), path.basename(process.argv[1]))
else main()
