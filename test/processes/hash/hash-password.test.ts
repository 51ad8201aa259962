// In which thread hashes are computed, seen from a program that uses the built package.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const dist = JSON.stringify(new URL('../../../dist/index.js', import.meta.url).href)
const program = (hashes: number, cost = 9) => `
  import { Worker } from 'node:worker_threads'
  import { hashPassword, verifyPassword } from ${dist}
  let workers = 0
  process.on('worker', () => workers++)
  const hash = await hashPassword('secret', { cost: ${cost} })
  const answers = await Promise.all(Array.from({ length: ${hashes - 1} }, () => verifyPassword('secret', hash)))
  console.log(JSON.stringify({ answers, started: workers > 0 }))
`

test.each([
  [4, false],
  [9, true],
])('bcrypt of cost %i: a thread is started: %s; the program ends by itself', (cost, started) => {
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', program(3, cost)], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect(run.stderr).toBe('')
  expect(JSON.parse(run.stdout)).toEqual({ answers: [true, true], started })
  expect(run.status).toBe(0)
})

test('many at once leave the event loop free', () => {
  const burst = `
    import { setImmediate as turn } from 'node:timers/promises'
    import { hashPassword, verifyPassword } from ${dist}
    const hash = await hashPassword('secret', { cost: 9 })
    let turns = 0
    let done = false
    const all = Promise.all(Array(12).fill('secret').map(password => verifyPassword(password, hash)))
    all.finally(() => { done = true })
    while (!done) turns += (await turn(), 1)
    console.log(JSON.stringify({ right: (await all).every(answer => answer), free: turns > 100 }))
  `
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', burst], { encoding: 'utf8' })
  expect(run.stderr).toBe('')
  expect(JSON.parse(run.stdout)).toEqual({ right: true, free: true })
})

test('where the program may start no threads, hashes are computed in the main thread, with one warning', () => {
  const permission = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission'
  const run = spawnSync(
    process.execPath,
    [permission, '--allow-fs-read=*', '--input-type=module', '-e', program(4)],
    { encoding: 'utf8' },
  )
  expect(run.stderr.match(/HTPASSWD_NO_THREADS.*restricted/g)).toHaveLength(1)
  expect(JSON.parse(run.stdout)).toEqual({ answers: [true, true, true], started: false })
})

// apr1 has no limit to a password and its engine gives the event loop no turn: half a second of 100 KB
test('a long password of apr1 leaves the event loop free', () => {
  const long = `
    import { setImmediate as turn } from 'node:timers/promises'
    import { hashPassword, verifyPassword } from ${dist}
    let turns = 0
    let done = false
    const password = 'x'.repeat(100_000)
    const hash = hashPassword(password, { format: 'apr1' }).finally(() => { done = true })
    while (!done) turns += (await turn(), 1)
    console.log(JSON.stringify({ free: turns > 100, right: await verifyPassword(password, await hash) }))
  `
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', long], { encoding: 'utf8' })
  expect(run.stderr).toBe('')
  expect(JSON.parse(run.stdout)).toEqual({ free: true, right: true })
})

test('an import computes hashes of more than a millisecond in threads, shorter ones in the main thread', () => {
  const many = `
    import { HtpasswdDocument, importUsers } from ${dist}
    let workers = 0
    process.on('worker', () => workers++)
    const started = []
    for (const format of ['sha1', 'bcrypt']) {
      const options = format === 'bcrypt' ? { format, cost: 6 } : { format }
      const users = Array.from({ length: 4 }, (_, i) => ({ user: 'u' + i, password: 'secret' }))
      await importUsers(new HtpasswdDocument(), users, options)
      started.push(workers > 0)
    }
    console.log(JSON.stringify(started))
  `
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', many], { encoding: 'utf8' })
  expect(run.stderr).toBe('')
  expect(JSON.parse(run.stdout)).toEqual([false, true])
})
