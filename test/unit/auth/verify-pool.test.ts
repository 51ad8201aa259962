import { afterAll, expect, test } from 'vitest'
import { VerifyPool } from '../../../src/auth/verify-pool.ts'
import { hashPassword } from '../../../src/hash/registry.ts'

const pool = new VerifyPool({ workers: 1, maxQueue: 2 })
afterAll(() => pool.close())

const password = Buffer.from('geheim')

test('tells right from wrong in a thread', async () => {
  const hash = await hashPassword('geheim', { cost: 4 })
  expect(await pool.verify(password, hash)).toBe(true)
  expect(await pool.verify(Buffer.from('falsch'), hash)).toBe(false)
})

test('a short hash needs no thread and no place in the queue', async () => {
  const unstarted = new VerifyPool({ workers: 1, maxQueue: 0 })
  const hash = await hashPassword('geheim', { format: 'sha1' })
  const answers = await Promise.all(Array.from({ length: 20 }, () => unstarted.verify(password, hash)))
  expect(answers.every(answer => answer === true)).toBe(true)
})

test('over its queue it is full at once, and has room again later', async () => {
  const hash = await hashPassword('geheim', { cost: 4 })
  const answers = await Promise.all(Array.from({ length: 10 }, () => pool.verify(password, hash)))
  expect(answers).toEqual([true, true, true, ...Array.from({ length: 7 }, () => 'full')])
  expect(await pool.verify(password, hash)).toBe(true)
})

test('a record beyond the limits is told apart, from a thread too', async () => {
  const limited = new VerifyPool({ workers: 1, maxCost: 4 })
  const hash = await hashPassword('geheim', { cost: 5 })
  expect(await limited.verify(password, hash)).toBe('beyond-limits')
  await limited.close()
})

test('it can be closed twice, and without a thread', async () => {
  const idle = new VerifyPool()
  await idle.close()
  await idle.close()
})
