// Imports: passwords to hash against a loop of Apache's command, and a million users with hashes.
// `node bench/import.js 1000 12` uses 1000 users and bcrypt cost 12.
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { environment, printEnvironment, temporaryFolder } from './environment.js'
import { compare, median } from './interleaved.js'
import { peakOf } from './peak-memory.js'

const [users = 200, cost = 10] = process.argv.slice(2).map(Number)
const MILLION = 1_000_000
const bin = fileURLToPath(new URL('../bin/htpasswd.js', import.meta.url))
const folder = temporaryFolder('import')
process.chdir(folder)

printEnvironment(
  `Imports: ${users} users with bcrypt of cost ${cost}, ${MILLION.toLocaleString('en')} with their hashes`,
)

function call(program, args) {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', env: environment })
  if (status !== 0) throw new Error(`${program} ${args[0]}: status ${status}, ${stderr}`)
}
const microsecondsOf = run => {
  const start = process.hrtime.bigint()
  run()
  return Number(process.hrtime.bigint() - start) / 1000
}
const importFrom = (source, ...options) => call(process.execPath, [bin, 'import', 'ours', source, ...options])

const names = Array.from({ length: users }, (_, i) => `user${i}`)
writeFileSync('rows', names.map(name => `${name}:the password of ${name}\n`).join(''))
if (spawnSync('htpasswd', ['-nbs', 'u', 'p']).status === 0) {
  console.log(`${''.padEnd(34)} ${'ours'.padStart(11)} ${"Apache's".padStart(11)} ${'ratio'.padStart(7)}`)
  await compare(`${users} users`, {
    ours: () => {
      rmSync('ours', { force: true })
      return microsecondsOf(() => importFrom('rows', '--cost', String(cost)))
    },
    theirs: () => {
      writeFileSync('theirs', '')
      return microsecondsOf(() => {
        for (const name of names)
          call('htpasswd', ['-bB', '-C', String(cost), 'theirs', name, `the password of ${name}`])
      })
    },
    runs: 3,
    target: 'under 1 on two cores',
  })
} else console.log("Apache's htpasswd is not here: skipped")

const fd = openSync('million', 'w')
for (let from = 0; from < MILLION; from += 10_000) {
  const line = (_, i) => `user${from + i}:{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=\n`
  writeSync(fd, Array.from({ length: 10_000 }, line).join(''))
}
closeSync(fd)
const size = statSync('million').size
for (const [what, options] of [
  ['new', []],
  ['updated', ['--on-conflict', 'update']],
]) {
  const times = [1, 2, 3].map(() => {
    if (what === 'new') rmSync('ours', { force: true })
    return microsecondsOf(() => importFrom('million', ...options))
  })
  if (what === 'new') rmSync('ours')
  const peak = peakOf(['import', 'ours', 'million', ...options])
  console.log(
    `\n${MILLION.toLocaleString('en')} users with hashes, ${what}: ${(median(times) / 1e6).toFixed(1)} s, ` +
      `peak memory ${(peak / 1e6).toFixed(0)} MB, ${(peak / size).toFixed(1)} x the source`,
  )
}
