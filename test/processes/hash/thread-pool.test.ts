import { spawnSync } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test, vi } from 'vitest'
import { startWorker, ThreadPool } from '../../../src/hash/thread-pool.ts'
import { threadPoolAlone } from '../../support/thread-pool-alone.ts'

/** Threads that answer by what `answer` says in JavaScript, and how many were started. */
function threadsOf(answer: string, most?: number) {
  const code = `
    const { parentPort, threadId } = require('node:worker_threads')
    parentPort.on('message', async job => { parentPort.postMessage(await (${answer})(job)) })`
  const start = vi.fn(() => new Worker(code, { eval: true }))
  return { ...threadPoolAlone<string, string>(start, most), start }
}
const echo = 'job => ({ answer: job })'

afterEach(() => {
  vi.useRealTimers()
})

test('jobs one after the other are answered by one thread', async () => {
  const { run, close, start } = threadsOf(echo)
  for (const job of ['a', 'b', 'c']) expect(await run(job)).toBe(job)
  expect(start).toHaveBeenCalledTimes(1)
  await close()
})

test('jobs at once get threads of their own up to the most, the others wait for their turn', async () => {
  const { run, close, start } = threadsOf('job => ({ answer: String(threadId) })', 2)
  const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(job => run(job)))
  expect(start).toHaveBeenCalledTimes(2)
  expect(new Set(answers).size).toBe(2)
  await close()
})

test('an error in the place of an answer fails its job alone', async () => {
  const { run, close, start } = threadsOf(
    `job => job === 'bad' ? { error: new RangeError('no answer') } : { answer: job }`,
    1,
  )
  const [bad, good] = [run('bad'), run('good')]
  await expect(bad).rejects.toThrow(new RangeError('no answer'))
  expect(await good).toBe('good')
  expect(start).toHaveBeenCalledTimes(1)
  await close()
})

test.each([
  ['ends', 'process.exit(3)', 'a worker thread ended with status 3'],
  ['fails', "setImmediate(() => { throw new Error('out of order') })", 'out of order'],
])('a thread that %s in its job fails it, and those that wait get another', async (_, deed, reason) => {
  const { run, close, start } = threadsOf(
    `job => { if (job !== 'bad') return { answer: job }; ${deed}; return new Promise(() => {}) }`,
    1,
  )
  const [bad, good] = [run('bad'), run('good')]
  await expect(bad).rejects.toThrow(reason)
  expect(await good).toBe('good')
  expect(start).toHaveBeenCalledTimes(2)
  await close()
})

test('an idle thread that fails is none any more', async () => {
  const { run, close, start } = threadsOf(
    `job => { setImmediate(() => setImmediate(() => { throw new Error('late') })); return { answer: job } }`,
  )
  expect(await run('a')).toBe('a')
  await new Promise(resolve => start.mock.results[0]?.value.once('exit', resolve))
  expect(await run('b')).toBe('b')
  expect(start).toHaveBeenCalledTimes(2)
  await close()
})

test('a thread that dies at its start fails the job that it was for', async () => {
  const { run } = threadPoolAlone<string, string>(
    () => new Worker("throw new Error('no thread')", { eval: true }),
    1,
  )
  const jobs = [run('a'), run('b')]
  for (const job of jobs) await expect(job).rejects.toThrow('no thread')
})

test('where no thread can be started, jobs are done here', async () => {
  const pool = new ThreadPool<string, string>(() => startWorker('none' as never), 1)
  const jobs = ['a', 'b'].map(job => pool.run(job, async () => `${job} here`))
  expect(await Promise.all(jobs)).toEqual(['a here', 'b here'])
})

test('a thread that was idle for a minute ends, and a job at that moment gets another', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { run, close, start } = threadsOf(echo)
  expect(await run('a')).toBe('a')
  vi.advanceTimersByTime(59_000)
  expect(await run('b')).toBe('b')
  vi.advanceTimersByTime(59_000)
  expect(start).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1_000)
  expect(await run('c')).toBe('c')
  expect(start).toHaveBeenCalledTimes(2)
  await close()
})

test('closed threads fail what is under way and what waits; the next job starts another', async () => {
  const { run, close } = threadsOf(`job => job === 'long' ? new Promise(() => {}) : { answer: job }`, 1)
  await close()
  const jobs = [run('long'), run('waiting')]
  await Promise.all([
    expect(jobs[0]).rejects.toThrow('a worker thread ended'),
    expect(jobs[1]).rejects.toThrow('the worker threads were closed'),
    close(),
  ])
  expect(await run('next')).toBe('next')
  await close()
})

test('options of the program that a thread refuses do not reach it', () => {
  const dist = JSON.stringify(new URL('../../../dist/index.js', import.meta.url).href)
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
