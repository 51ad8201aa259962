import { expect, test } from 'vitest'
import { toByteString } from '../../../src/bytes.ts'
import { HashPool } from '../../../src/hash/pool.ts'

const inThread = (id: string) => ({ id, compute: () => Promise.reject(new Error('computed here')) })

test('a worker computes a hash with the format that the job names', async () => {
  const pool = new HashPool()
  expect(await pool.compute(inThread('des'), toByteString('foob'), 'ar')).toBe('arlEKn0OzVJn.')
  expect(await pool.compute(inThread('none'), toByteString('foob'), 'ar')).toBeUndefined()
  await pool.close()
})
