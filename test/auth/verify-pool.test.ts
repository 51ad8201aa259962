import { Tinypool } from 'tinypool'
import { afterAll, expect, test, vi } from 'vitest'
import { VerifyPool } from '../../src/auth/verify-pool.ts'
import { hashPassword } from '../../src/hash/registry.ts'

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

test('a thread that dies at its start fails the waiting checks with the reason, and the next one starts anew', async () => {
  const fresh = new VerifyPool({ workers: 1 })
  const hash = await hashPassword('geheim', { cost: 4 })
  const run = vi.spyOn(Tinypool.prototype, 'run')
  const checks = [fresh.verify(password, hash), fresh.verify(password, hash)]
  // as tinypool does where the thread has no job yet; without a listener it would be thrown here
  ;(run.mock.contexts[0] as Tinypool).emit('error', new Error('no file for it'))
  for (const check of checks) await expect(check).rejects.toThrow('no file for it')
  run.mockRestore()
  expect(await fresh.verify(password, hash)).toBe(true)
  await fresh.close()
})
