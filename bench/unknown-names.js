// How long a wrong password takes for known and unknown users of a file of several formats, and of a large one: the
// distributions must not tell who exists. Prints quantiles of the time of Authenticator.authenticate in milliseconds.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Authenticator, HtpasswdFile, hashPassword } from '../dist/index.js'
import { printEnvironment } from './environment.js'

const ATTEMPTS = 200
const folder = mkdtempSync(join(tmpdir(), 'unknown-names-'))

const hashes = {
  sha1: await hashPassword('wonderland', { format: 'sha1' }),
  apr1: await hashPassword('wonderland', { format: 'apr1' }),
  'bcrypt 5': await hashPassword('wonderland', { cost: 5 }),
  'bcrypt 10': await hashPassword('wonderland', { cost: 10 }),
}

/** Users of these kinds in turn. */
function fileOf(kinds, count) {
  const path = join(folder, 'users')
  writeFileSync(
    path,
    Array.from({ length: count }, (_, i) => `user${i}:${hashes[kinds[i % kinds.length]]}\n`).join(''),
  )
  return path
}

/** @param nameOf the user of an attempt. @param prefix of its password: a repeated one is not verified again. */
async function quantiles(authenticator, nameOf, prefix) {
  const times = []
  for (let i = 0; i < ATTEMPTS; i++) {
    const credentials = { username: Buffer.from(nameOf(i)), password: Buffer.from(`${prefix} ${i}`) }
    const start = performance.now()
    await authenticator.authenticate(credentials)
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  return [0.1, 0.25, 0.5, 0.75, 0.9]
    .map(share => times[Math.floor(share * times.length)].toFixed(2).padStart(8))
    .join(' ')
}

printEnvironment('A wrong password, milliseconds: quantiles 0.10, 0.25, 0.50, 0.75, 0.90')
for (const [title, kinds, count] of [
  ['3 of 5 {SHA}, 2 of 5 bcrypt 10', ['sha1', 'sha1', 'sha1', 'bcrypt 10', 'bcrypt 10'], 5],
  ['1 of 3 {SHA}, 2 of 3 bcrypt 10', ['sha1', 'bcrypt 10', 'bcrypt 10'], 3],
  ['1 of 3 apr1, 2 of 3 bcrypt 5', ['apr1', 'bcrypt 5', 'bcrypt 5'], 3],
  ['a million users, bcrypt 5', ['bcrypt 5'], 1_000_000],
]) {
  const file = await HtpasswdFile.open(fileOf(kinds, count))
  const authenticator = new Authenticator(file, { maxFailures: 0 })
  await quantiles(authenticator, i => `user${i % count}`, 'warm-up')
  console.log(title)
  console.log(`  known   ${await quantiles(authenticator, i => `user${(i * 7) % count}`, 'known')}`)
  console.log(`  unknown ${await quantiles(authenticator, i => `nobody${i}`, 'unknown')}`)
  await authenticator[Symbol.asyncDispose]()
}
rmSync(folder, { recursive: true })
