// list, check and fix with a file of a million users, against awk, which only reads every line.
import { spawnSync } from 'node:child_process'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { environment, printEnvironment, temporaryFolder } from './environment.js'
import { median } from './interleaved.js'

const USERS = 1_000_000
const RUNS = 3
const bin = fileURLToPath(new URL('../bin/htpasswd.js', import.meta.url))
const folder = temporaryFolder('list-check-fix')

printEnvironment(`list, check and fix with a file of ${USERS.toLocaleString('en')} users`)
const file = join(folder, 'users')
writeFileSync(
  file,
  Array.from({ length: USERS }, (_, i) => `user${i}:$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/\n`).join(''),
)
const size = statSync(file).size
console.log(`${(size / 1e6).toFixed(1)} MB; each figure is a whole process, the median of ${RUNS} in turn\n`)

const sides = {
  "awk -F: '{ print $1, length($2) }'": ['awk', ['-F:', '{ print $1, length($2) }', file]],
  'htpasswd list': [process.execPath, [bin, 'list', file]],
  'htpasswd list --json': [process.execPath, [bin, 'list', file, '--json']],
  'htpasswd check': [process.execPath, [bin, 'check', file]],
  'htpasswd check --for docker-registry': [
    process.execPath,
    [bin, 'check', file, '--for', 'docker-registry'],
  ],
  'htpasswd fix --dry-run': [process.execPath, [bin, 'fix', file, '--dry-run']],
}

/** Seconds, and the peak memory in MB if GNU time is installed. */
function run([program, words]) {
  const start = performance.now()
  const options = { encoding: 'utf8', env: environment, stdio: ['ignore', 'ignore', 'pipe'] }
  const { stderr, error } = spawnSync('/usr/bin/time', ['-f', '%M', program, ...words], options)
  if (error !== undefined) spawnSync(program, words, options)
  const memory = error === undefined ? Number(stderr.trim().split('\n').at(-1)) / 1000 : Number.NaN
  return { seconds: (performance.now() - start) / 1000, memory }
}

const results = Object.fromEntries(Object.keys(sides).map(name => [name, []]))
for (let turn = 0; turn < RUNS; turn++)
  for (const [name, side] of Object.entries(sides)) results[name].push(run(side))

const [base] = Object.values(results).map(runs => median(runs.map(({ seconds }) => seconds)))
for (const [name, runs] of Object.entries(results)) {
  const seconds = median(runs.map(one => one.seconds))
  const memory = median(runs.map(one => one.memory))
  const ratio = (seconds / base).toFixed(1)
  console.log(
    `${name.padEnd(38)} ${seconds.toFixed(2).padStart(6)} s ${ratio.padStart(6)} x  ${memory.toFixed(0).padStart(5)} MB, ` +
      `${((memory * 1e6) / size).toFixed(1)} x the file`,
  )
}
