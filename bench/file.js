// A file of a million users: one update and one check by the command against Apache's, and the library's look-ups.
import { spawnSync } from 'node:child_process'
import { closeSync, copyFileSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HtpasswdFile } from '../dist/index.js'
import { environment, printEnvironment, temporaryFolder } from './environment.js'
import { compare, median } from './interleaved.js'
import { peakOf } from './peak-memory.js'

const USERS = 1_000_000
const bin = fileURLToPath(new URL('../bin/htpasswd.js', import.meta.url))
const folder = temporaryFolder('file')

printEnvironment(`A file of ${USERS.toLocaleString('en')} users`)

const name = i => `user${String(i).padStart(7, '0')}`
/** Written in parts, to keep the memory of this process small. */
function makeFile(path) {
  const fd = openSync(path, 'w')
  for (let from = 0; from < USERS; from += 10_000) {
    const lines = Array.from(
      { length: 10_000 },
      (_, i) => `${name(from + i)}:{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=\n`,
    )
    writeSync(fd, lines.join(''))
  }
  closeSync(fd)
}

const ours = join(folder, 'ours')
const theirs = join(folder, 'theirs')
makeFile(ours)
copyFileSync(ours, theirs)
const size = statSync(ours).size
console.log(`${(size / 1e6).toFixed(1)} MB; each figure is a whole process, the median of 5 in turn\n`)

function microsecondsOf(program, args) {
  const start = process.hrtime.bigint()
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', env: environment })
  const time = Number(process.hrtime.bigint() - start) / 1000
  if (status !== 0) throw new Error(`${program} ${args[0]}: status ${status}, ${stderr}`)
  return time
}

const hasApache = spawnSync('htpasswd', ['-nbs', 'u', 'p']).status === 0
if (hasApache) {
  console.log(`${''.padEnd(34)} ${'ours'.padStart(11)} ${"Apache's".padStart(11)} ${'ratio'.padStart(7)}`)
  const both = (flags, user, password) => ({
    ours: () => microsecondsOf(process.execPath, [bin, flags, ours, user, password()]),
    theirs: () => microsecondsOf('htpasswd', [flags, theirs, user, password()]),
  })
  // a record in the middle, with a new password each time
  let count = 0
  const middle = name(USERS / 2)
  await compare('one update', {
    ...both('-bs', middle, () => `p${count++}`),
    runs: 5,
    target: 'at most 0.35',
  })
  for (const path of [ours, theirs]) microsecondsOf(process.execPath, [bin, '-bs', path, middle, 'right'])
  await compare('one verification', { ...both('-vb', middle, () => 'right'), runs: 5, target: 'at most 1.3' })
} else console.log("Apache's htpasswd is not here: skipped")

const peak = peakOf(['-bs', ours, name(USERS / 2), 'p'])
const idle = peakOf(['-nbs', 'u', 'p'])
console.log(
  `\npeak memory of the update: ${(peak / 1e6).toFixed(0)} MB, ${(peak / size).toFixed(2)} x the file, ` +
    `of which Node itself ${(idle / 1e6).toFixed(0)} MB  target under 3`,
)

// the page cache is warm, as on a server that restarts
readFileSync(ours)
const opened = []
let file
for (let run = 0; run < 5; run++) {
  const start = process.hrtime.bigint()
  file = await HtpasswdFile.open(ours)
  opened.push(Number(process.hrtime.bigint() - start) / 1e6)
}
console.log(
  `\nHtpasswdFile.open: ${median(opened).toFixed(0)} ms (first: ${opened[0].toFixed(0)} ms)  target under 1500`,
)

const LOOKUPS = 200_000
const map = new Map(Array.from({ length: USERS }, (_, i) => [name(i), file.get(name(i))]))
/** Microseconds for one look-up, of different users in each run. */
const lookUp = users => () => {
  const wanted = Array.from({ length: LOOKUPS }, () => name(Math.floor(Math.random() * USERS)))
  const start = process.hrtime.bigint()
  for (const user of wanted) if (users.get(user) === undefined) throw new Error(`${user} is missing`)
  return Number(process.hrtime.bigint() - start) / 1000 / LOOKUPS
}
console.log(`\n${''.padEnd(34)} ${'ours'.padStart(11)} ${'Map of JS'.padStart(11)} ${'ratio'.padStart(7)}`)
await compare('a look-up of a random user', {
  ours: lookUp(file),
  theirs: lookUp(map),
  runs: 9,
  target: 'under 1 us',
})
