import { expect, test } from 'vitest'
import type { HashJob } from '../../../src/hash/offload.ts'
import { startWorker } from '../../../src/hash/thread-pool.ts'
import { threadPoolAlone } from '../../support/thread-pool-alone.ts'

test('a thread of it computes a job by the format that it names', async () => {
  const { run, close } = threadPoolAlone<HashJob, string | undefined>(() => startWorker('hash-worker'))
  const job = { format: 'des', password: 'foob', setting: 'ar' }
  expect(await run(job)).toBe('arlEKn0OzVJn.')
  expect(await run({ ...job, format: 'none' })).toBeUndefined()
  await close()
})
