// Where long hashes run, seen from a program that uses the built package.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const dist = JSON.stringify(new URL('../../../dist/index.js', import.meta.url).href)
const program = (hashes: number) => `
  import { Worker } from 'node:worker_threads'
  import { hashPassword, verifyPassword } from ${dist}
  let workers = 0
  process.on('worker', () => workers++)
  const hash = await hashPassword('secret', { cost: 9 })
  const answers = await Promise.all(Array.from({ length: ${hashes - 1} }, () => verifyPassword('secret', hash)))
  console.log(JSON.stringify({ answers, started: workers > 0 }))
`

test.each([
  [1, false],
  [3, true],
])('%i long hashes: threads are started: %s; the program ends by itself', (hashes, started) => {
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', program(hashes)], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect(run.stderr).toBe('')
  expect(JSON.parse(run.stdout)).toEqual({ answers: Array(hashes - 1).fill(true), started })
  expect(run.status).toBe(0)
})

test('one after the other, each is answered while threads are started, and then by them', () => {
  const sequence = `
    import { Worker } from 'node:worker_threads'
    import { hashPassword, verifyPassword } from ${dist}
    const started = []
    process.on('worker', () => started.push('thread'))
    const hash = await hashPassword('secret', { cost: 9 })
    for (let i = 0; i < 12; i++) started.push(await verifyPassword('secret', hash), await verifyPassword('wrong', hash))
    console.log(JSON.stringify(started))
  `
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', sequence], { encoding: 'utf8' })
  expect(run.stderr).toBe('')
  const [first, ...answers] = JSON.parse(run.stdout)
  // it has been started before the first answer comes, so nobody waited for it
  expect(first).toBe('thread')
  expect(answers).toEqual(Array.from({ length: 12 }, () => [true, false]).flat())
})

test('many at once leave the event loop free but for one at a time', () => {
  const burst = `
    import { setImmediate as turn } from 'node:timers/promises'
    import { hashPassword, verifyPassword } from ${dist}
    const hash = await hashPassword('secret', { cost: 9 })
    let turns = 0
    let done = false
    const all = Promise.all(Array(12).fill('secret').map(one => verifyPassword(one, hash)))
    all.finally(() => { done = true })
    while (!done) turns += (await turn(), 1)
    console.log(JSON.stringify({ right: (await all).every(answer => answer), free: turns > 100 }))
  `
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', burst], { encoding: 'utf8' })
  expect(run.stderr).toBe('')
  expect(JSON.parse(run.stdout)).toEqual({ right: true, free: true })
})

test('where the program may start no threads, every hash is computed all the same, with one warning', () => {
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
test('a long password of apr1 leaves the event loop free, from the first one on', () => {
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

test('of many hashes even short ones go to threads, but not those that are over sooner', () => {
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
