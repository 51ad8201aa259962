import { expect, test } from 'vitest'
import type { HashJob } from '../../src/hash/offload.ts'
import { startWorker, Threads } from '../../src/hash/threads.ts'

test('a thread of it computes a job by the format that it names', async () => {
  const threads = new Threads<HashJob, string | undefined>(() => startWorker('#hash-worker'))
  const job = { format: 'des', password: 'foob', setting: 'ar' }
  expect(await threads.run(job)).toBe('arlEKn0OzVJn.')
  expect(await threads.run({ ...job, format: 'none' })).toBeUndefined()
  await threads.close()
})
