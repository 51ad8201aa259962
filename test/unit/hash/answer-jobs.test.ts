import { MessageChannel } from 'node:worker_threads'
import { expect, test, vi } from 'vitest'

const { port1: program, port2: parentPort } = new MessageChannel()
vi.doMock('node:worker_threads', () => ({ parentPort }))
const { answerJobs } = await import('../../../src/hash/answer-jobs.ts')

test('each job is answered, by an error where there is no answer', async () => {
  answerJobs(async (job: number) => {
    if (job === 2) throw new RangeError('two is too much')
    return job * 10
  })
  const messages: unknown[] = []
  const all = new Promise<void>(resolve => {
    program.on('message', message => {
      if (messages.push(message) === 3) resolve()
    })
  })
  for (const job of [1, 2, 3]) program.postMessage(job)
  await all
  program.close()
  expect(messages).toEqual([{ answer: 10 }, { error: new RangeError('two is too much') }, { answer: 30 }])
})
