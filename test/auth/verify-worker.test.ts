import { expect, test } from 'vitest'
import type { VerifyAnswer, VerifyJob } from '../../src/auth/verify-job.ts'
import { hashPassword } from '../../src/hash/registry.ts'
import { startWorker, Threads } from '../../src/hash/threads.ts'

const unexpected = (): Promise<never> => Promise.reject(new Error('expected a thread to do it'))

test('a thread of it checks passwords, which come as bytes', async () => {
  const threads = new Threads<VerifyJob, VerifyAnswer>(() => startWorker('#verify-worker'))
  const storedHash = await hashPassword('grün', { format: 'apr1' })
  const check = (password: string, encoding: BufferEncoding) =>
    threads.run({ password: Buffer.from(password, encoding), storedHash, options: {} }, unexpected)
  expect(await check('grün', 'utf8')).toBe(true)
  expect(await check('grün', 'latin1')).toBe(false)
  await threads.close()
})
