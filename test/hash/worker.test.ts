import { expect, test } from 'vitest'
import type { HashJob } from '../../src/hash/offload.ts'
import { startWorker, Threads } from '../../src/hash/threads.ts'

const unexpected = (): Promise<never> => Promise.reject(new Error('expected a thread to do it'))

test('a thread of it computes a job by the format that it names', async () => {
  const threads = new Threads<HashJob, string | undefined>(() => startWorker('#hash-worker'))
  const job = { format: 'des', password: 'foob', setting: 'ar' }
  expect(await threads.run(job, unexpected)).toBe('arlEKn0OzVJn.')
  expect(await threads.run({ ...job, format: 'none' }, unexpected)).toBeUndefined()
  await threads.close()
})
