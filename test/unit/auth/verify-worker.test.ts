import { expect, test } from 'vitest'
import type { VerifyAnswer, VerifyJob } from '../../../src/auth/verify-job.ts'
import { hashPassword } from '../../../src/hash/registry.ts'
import { startWorker } from '../../../src/hash/thread-pool.ts'
import { threadPoolAlone } from '../../support/thread-pool-alone.ts'

test('a thread of it checks passwords, which come as bytes', async () => {
  const { run, close } = threadPoolAlone<VerifyJob, VerifyAnswer>(() => startWorker('verify-worker'))
  const storedHash = await hashPassword('grün', { format: 'apr1' })
  const check = (password: string, encoding: BufferEncoding) =>
    run({ password: Buffer.from(password, encoding), storedHash, options: {} })
  expect(await check('grün', 'utf8')).toBe(true)
  expect(await check('grün', 'latin1')).toBe(false)
  await close()
})
