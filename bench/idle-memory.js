// The memory of an idle guard: plain `serve FILE --upstream` five seconds after its start, and once V8 has given back what
// it needed for the start, which it does after some ten seconds without work; and each process of `--workers 2`.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { environment, printEnvironment } from './environment.js'

const SETTLED_MS = 5_000
const LONG_IDLE_MS = 30_000
const TARGET_MB = 66
const bin = fileURLToPath(new URL('../bin/htpasswd.js', import.meta.url))

const statusOf = (pid, field) =>
  Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
const megabytes = pid => Math.round((statusOf(pid, 'VmRSS') * 1024) / 1e5) / 10
const childrenOf = pid =>
  readdirSync('/proc').filter(name => {
    try {
      return /^\d+$/.test(name) && statusOf(name, 'PPid') === pid
    } catch {
      return false
    }
  })

async function serve(folder, args, measure) {
  const options = ['--listen', '127.0.0.1:0', '--upstream', 'http://127.0.0.1:9', ...args]
  const child = spawn(process.execPath, [bin, 'serve', 'users', ...options], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  for await (const text of child.stderr.setEncoding('utf8')) {
    output += text
    if (output.includes('Guarding')) break
  }
  child.stderr.resume()
  try {
    await measure(child.pid)
  } finally {
    child.kill()
  }
}

printEnvironment('resident memory of an idle guard')
if (process.platform !== 'linux') {
  console.log('not measured: needs /proc')
} else {
  const folder = mkdtempSync(join(tmpdir(), 'idle-memory-'))
  spawnSync(process.execPath, [bin, '-bcB', join(folder, 'users'), 'ann', 'secret'], { env: environment })
  try {
    await serve(folder, [], async pid => {
      await pause(SETTLED_MS)
      console.log(`serve FILE --upstream, 5 s after its start: ${megabytes(pid)} MB`)
      await pause(LONG_IDLE_MS - SETTLED_MS)
      const idle = megabytes(pid)
      console.log(`the same after 30 s: ${idle} MB, target ${TARGET_MB} MB`)
      if (idle > TARGET_MB) process.exitCode = 1
    })
    await serve(folder, ['--workers', '2'], async pid => {
      await pause(SETTLED_MS)
      const workers = childrenOf(pid).map(megabytes)
      console.log(`--workers 2: ${megabytes(pid)} MB, and each worker ${workers.join(' and ')} MB`)
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
