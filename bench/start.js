// The command's start as a whole process against Node with an empty file: `-nbs`, which has a target, and beside it the
// default format and bcrypt, which need salts and so node:crypto.
//
//     node bench/start.js [NODE ...]      other Node binaries to measure beside this one
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { environment, printEnvironment } from './environment.js'
import { compare, timeOf } from './interleaved.js'

const RUNS = 30
const bin = fileURLToPath(new URL('../bin/htpasswd.js', import.meta.url))
const others = ['-nb', '-nbB']
const folder = mkdtempSync(join(tmpdir(), 'start-'))
// Node 22 and later: the warm-up run leaves compiled code here
const env = { ...environment, TMPDIR: folder, TEMP: folder }

const started = (program, args) => () =>
  timeOf(() => {
    const { status, error } = spawnSync(program, args, { env, stdio: 'ignore' })
    if (status !== 0) throw error ?? new Error(`${program} ended with ${status}`)
  }, 1)

printEnvironment('start of the command: htpasswd -nbs u p and others, whole process, beside a bare node')
try {
  const empty = join(folder, 'empty.js')
  writeFileSync(empty, '')
  for (const node of [process.execPath, ...process.argv.slice(2)]) {
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()
    const target = Number.parseInt(version.slice(1), 10) < 22 ? 1.35 : 1.2
    const ratio = await compare(`-nbs, Node ${version}`, {
      ours: started(node, [bin, '-nbs', 'u', 'p']),
      theirs: started(node, [empty]),
      runs: RUNS,
      target,
    })
    if (ratio > target) process.exitCode = 1
    for (const letters of others) {
      await compare(`${letters}, Node ${version}`, {
        ours: started(node, [bin, letters, 'u', 'p']),
        theirs: started(node, [empty]),
        runs: RUNS,
        target: 'none: shown beside -nbs',
      })
    }
  }
  if (!spawnSync('htpasswd').error) {
    await compare("beside Apache's htpasswd", {
      ours: started(process.execPath, [bin, '-nbs', 'u', 'p']),
      theirs: started('htpasswd', ['-nbs', 'u', 'p']),
      runs: RUNS,
      target: 'none: Node itself takes this long',
    })
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
