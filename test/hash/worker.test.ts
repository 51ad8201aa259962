import { expect, test } from 'vitest'
import computeJob from '../../src/hash/worker.ts'

test('a job is computed by the format that it names', async () => {
  const job = { format: 'des', password: 'foob', setting: 'ar' }
  expect(await computeJob(job)).toBe('arlEKn0OzVJn.')
  expect(await computeJob({ ...job, format: 'none' })).toBeUndefined()
})
