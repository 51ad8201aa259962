import { expect, test } from 'vitest'
import { answerVerifyJob } from '../../../src/auth/verify-job.ts'
import { hashPassword } from '../../../src/hash/registry.ts'

const password = Buffer.from('geheim')

test('right, wrong and too expensive are answers', async () => {
  const storedHash = await hashPassword('geheim', { cost: 5 })
  expect(await answerVerifyJob({ password, storedHash, options: {} })).toBe(true)
  expect(await answerVerifyJob({ password: Buffer.from('falsch'), storedHash, options: {} })).toBe(false)
  expect(await answerVerifyJob({ password, storedHash, options: { maxCost: 4 } })).toBe('beyond-limits')
})

test('any other fault is an error', async () => {
  const storedHash = await hashPassword('geheim', { format: 'sha1' })
  await expect(answerVerifyJob({ password: 5 as never, storedHash, options: {} })).rejects.toThrow(
    '"password"',
  )
})
