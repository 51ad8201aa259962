import { spawnSync } from 'node:child_process'
import { Tinypool } from 'tinypool'
import { expect, test, vi } from 'vitest'
import { sha1 } from '../../src/hash/sha1.ts'
import { Threads } from '../../src/hash/threads.ts'

const job = { format: 'sha1', password: 'geheim', setting: '{SHA}' }
const answer = sha1.compute('geheim', '{SHA}')

test('a thread computes, and after it was closed the next job starts another', async () => {
  const threads = new Threads('#hash-worker', { maxThreads: 1 })
  await threads.close()
  expect(await threads.run(job)).toBe(answer)
  await threads.close()
  await threads.close()
  expect(await threads.run(job)).toBe(answer)
  await threads.close()
})

test('a module that is not there is told at once', () => {
  expect(() => new Threads('#no-worker')).toThrow('#no-worker')
})

test('a thread that dies at its start fails the waiting jobs with the reason, and the next one starts anew', async () => {
  const threads = new Threads('#hash-worker', { maxThreads: 1 })
  const run = vi.spyOn(Tinypool.prototype, 'run')
  const jobs = [threads.run(job), threads.run(job)]
  // as tinypool does where the thread has no job yet; without a listener it would be thrown here
  ;(run.mock.contexts[0] as Tinypool).emit('error', new Error('no file for it'))
  for (const waiting of jobs) await expect(waiting).rejects.toThrow('no file for it')
  run.mockRestore()
  expect(await threads.run(job)).toBe(answer)
  await threads.close()
})

test('options of the program that a thread refuses do not reach it', () => {
  const dist = JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)
  const program = `
    import { Authenticator, hashPassword } from ${dist}
    const hash = await hashPassword('geheim', { format: 'apr1' })
    const authenticator = new Authenticator(() => hash)
    const { ok } = await authenticator.authenticate({ username: Buffer.from('a'), password: Buffer.from('geheim') })
    console.log(ok)
    await authenticator[Symbol.asyncDispose]()
  `
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  expect(run.stderr).toBe('')
  expect(run.stdout).toBe('true\n')
})
