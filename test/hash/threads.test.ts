import { spawnSync } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test, vi } from 'vitest'
import { Threads } from '../../src/hash/threads.ts'

/** Threads that answer by what `answer` says in JavaScript, and how many were started. */
function threadsOf(answer: string, most?: number) {
  const code = `
    const { parentPort, threadId } = require('node:worker_threads')
    parentPort.on('message', async job => { parentPort.postMessage(await (${answer})(job)) })`
  const start = vi.fn(() => new Worker(code, { eval: true }))
  return { threads: new Threads<string, string>(start, most), start }
}
const echo = 'job => ({ answer: job })'

afterEach(() => {
  vi.useRealTimers()
})

test('jobs one after the other are answered by one thread', async () => {
  const { threads, start } = threadsOf(echo)
  for (const job of ['a', 'b', 'c']) expect(await threads.run(job)).toBe(job)
  expect(start).toHaveBeenCalledTimes(1)
  await threads.close()
})

test('jobs at once get threads of their own up to the most, the others wait for their turn', async () => {
  const { threads, start } = threadsOf('job => ({ answer: String(threadId) })', 2)
  const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(job => threads.run(job)))
  expect(start).toHaveBeenCalledTimes(2)
  expect(new Set(answers).size).toBe(2)
  await threads.close()
})

test('an error in the place of an answer fails its job alone', async () => {
  const { threads, start } = threadsOf(
    `job => job === 'bad' ? { error: new RangeError('no answer') } : { answer: job }`,
    1,
  )
  const [bad, good] = [threads.run('bad'), threads.run('good')]
  await expect(bad).rejects.toThrow(new RangeError('no answer'))
  expect(await good).toBe('good')
  expect(start).toHaveBeenCalledTimes(1)
  await threads.close()
})

test.each([
  ['ends', 'process.exit(3)', 'a worker thread ended with status 3'],
  ['fails', "setImmediate(() => { throw new Error('out of order') })", 'out of order'],
])('a thread that %s in its job fails it, and those that wait get another', async (_, deed, reason) => {
  const { threads, start } = threadsOf(
    `job => { if (job !== 'bad') return { answer: job }; ${deed}; return new Promise(() => {}) }`,
    1,
  )
  const [bad, good] = [threads.run('bad'), threads.run('good')]
  await expect(bad).rejects.toThrow(reason)
  expect(await good).toBe('good')
  expect(start).toHaveBeenCalledTimes(2)
  await threads.close()
})

test('an idle thread that fails is none any more', async () => {
  const { threads, start } = threadsOf(
    `job => { setImmediate(() => setImmediate(() => { throw new Error('late') })); return { answer: job } }`,
  )
  expect(await threads.run('a')).toBe('a')
  await new Promise(resolve => start.mock.results[0]?.value.once('exit', resolve))
  expect(await threads.run('b')).toBe('b')
  expect(start).toHaveBeenCalledTimes(2)
  await threads.close()
})

test.each([
  [
    'before it',
    () => {
      throw new Error('no thread')
    },
  ],
  ['after it', () => new Worker("throw new Error('no thread')", { eval: true })],
])('where no thread starts, told %s, each job fails with the reason', async (_, start) => {
  const threads = new Threads<string, string>(start, 1)
  const jobs = [threads.run('a'), threads.run('b')]
  for (const job of jobs) await expect(job).rejects.toThrow('no thread')
})

test('a thread that was idle for a minute ends, and a job at that moment gets another', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { threads, start } = threadsOf(echo)
  expect(await threads.run('a')).toBe('a')
  vi.advanceTimersByTime(59_000)
  expect(await threads.run('b')).toBe('b')
  vi.advanceTimersByTime(59_000)
  expect(start).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1_000)
  expect(await threads.run('c')).toBe('c')
  expect(start).toHaveBeenCalledTimes(2)
  await threads.close()
})

test('closed threads fail what is under way and what waits; the next job starts another', async () => {
  const { threads } = threadsOf(`job => job === 'long' ? new Promise(() => {}) : { answer: job }`, 1)
  await threads.close()
  const jobs = [threads.run('long'), threads.run('waiting')]
  await Promise.all([
    expect(jobs[0]).rejects.toThrow('a worker thread ended'),
    expect(jobs[1]).rejects.toThrow('the worker threads were closed'),
    threads.close(),
  ])
  expect(await threads.run('next')).toBe('next')
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
