import { spawnSync } from 'node:child_process'
import { serialize } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test, vi } from 'vitest'
import { toByteString } from '../../../src/bytes.ts'
import { HashPool } from '../../../src/hash/pool.ts'

/** A pool whose threads answer by JavaScript code that gets the job's password, and how many threads were started. */
function threadsOf(answer: string, threads?: number, maxQueue?: number) {
  const code = `
    const { parentPort, threadId } = require('node:worker_threads')
    parentPort.on('message', async ({ password }) => { parentPort.postMessage(await (${answer})(password)) })`
  const start = vi.fn(() => new Worker(code, { eval: true }))
  return { ...poolOf(start, threads, maxQueue), start }
}

function poolOf(start: () => Worker | undefined, threads?: number, maxQueue?: number) {
  const pool = new HashPool({ start, threads, maxQueue })
  const format = { id: 'test', compute: () => Promise.reject(new Error('computed in the main thread')) }
  return {
    run: (password: string, key = '') =>
      pool.compute(format, toByteString(password), '', { groups: [key], isSuspect: false }),
    close: () => pool.close(),
  }
}

const echo = 'job => ({ hash: job })'

afterEach(() => {
  vi.useRealTimers()
})

test('consecutive jobs are done by one thread', async () => {
  const { run, close, start } = threadsOf(echo)
  for (const job of ['a', 'b', 'c']) expect(await run(job)).toBe(job)
  expect(start).toHaveBeenCalledTimes(1)
  await close()
})

test('concurrent jobs get a thread each, up to the limit; the others wait', async () => {
  const { run, close, start } = threadsOf('job => ({ hash: String(threadId) })', 2)
  const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(job => run(job)))
  expect(start).toHaveBeenCalledTimes(2)
  expect(new Set(answers).size).toBe(2)
  await close()
})

test('an error fails only its own job', async () => {
  const { run, close, start } = threadsOf(
    `job => job === 'bad' ? { error: new RangeError('no answer') } : { hash: job }`,
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
    `job => { if (job !== 'bad') return { hash: job }; ${deed}; return new Promise(() => {}) }`,
    1,
  )
  const [bad, good] = [run('bad'), run('good')]
  await expect(bad).rejects.toThrow(reason)
  expect(await good).toBe('good')
  expect(start).toHaveBeenCalledTimes(2)
  await close()
})

test('an idle thread that fails is removed', async () => {
  const { run, close, start } = threadsOf(
    `job => { setImmediate(() => setImmediate(() => { throw new Error('late') })); return { hash: job } }`,
  )
  expect(await run('a')).toBe('a')
  await new Promise(resolve => start.mock.results[0]?.value.once('exit', resolve))
  expect(await run('b')).toBe('b')
  expect(start).toHaveBeenCalledTimes(2)
  await close()
})

test('a thread that dies at its start fails its job', async () => {
  const { run } = poolOf(() => new Worker("throw new Error('no thread')", { eval: true }), 1)
  const jobs = [run('a'), run('b')]
  for (const job of jobs) await expect(job).rejects.toThrow('no thread')
})

test('where no thread can be started, hashes are computed in the main thread', async () => {
  const pool = new HashPool({ start: () => undefined, threads: 1 })
  const format = { id: 'test', compute: (password: string) => `${password} here` }
  const hashes = ['a', 'b'].map(password => pool.compute(format, toByteString(password), ''))
  expect(await Promise.all(hashes)).toEqual(['a here', 'b here'])
})

test('beyond its queue the newest job of the requester who has the most waits no longer', async () => {
  const { run, close } = threadsOf(echo, 1, 2)
  const running = run('running')
  const jobs = [run('first', 'greedy'), run('second', 'greedy'), run('other', 'modest')]
  expect(await Promise.all([running, ...jobs])).toEqual(['running', 'first', 'full', 'other'])
  await close()
})

test('a job of ten bytes posts ten bytes: nothing else of the buffer pool of Node crosses to a thread', async () => {
  const posted: unknown[] = []
  const { run, close } = poolOf(() => {
    const worker = new Worker(
      "const { parentPort } = require('node:worker_threads'); parentPort.on('message', () => parentPort.postMessage({ hash: 'done' }))",
      { eval: true },
    )
    const post = worker.postMessage.bind(worker)
    worker.postMessage = job => {
      posted.push(job)
      post(job)
    }
    return worker
  })
  // Node allocates these from one pool of 8 KB, side by side
  const neighbour = Buffer.from('another password')
  const password = Buffer.from('ten bytes!')
  expect(password.buffer).toBe(neighbour.buffer)
  await run(toByteString(password))
  await close()
  expect(serialize(posted[0]).includes(neighbour)).toBe(false)
  expect(posted).toEqual([{ format: 'test', password: 'ten bytes!', setting: '' }])
  // the same password as a view takes the whole pool along
  expect(serialize(password).length).toBeLessThan(100)
  expect(structuredClone(password).buffer.byteLength).toBeGreaterThan(1000)
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

test('closing rejects jobs in flight and jobs that wait; the next job starts another thread', async () => {
  const { run, close } = threadsOf(`job => job === 'long' ? new Promise(() => {}) : { hash: job }`, 1)
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
