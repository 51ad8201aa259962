// A thread's own side of thread-pool.ts: answers the jobs that come, one after the other.
import { parentPort } from 'node:worker_threads'
import type { Message } from './thread-pool.ts'

/** Called once by the module that a thread is started with. */
export function answerJobs<Job, Answer>(answer: (job: Job) => Answer | Promise<Answer>): void {
  const post = (message: Message<Answer>) => parentPort?.postMessage(message)
  parentPort?.on('message', async (job: Job) => {
    try {
      post({ answer: await answer(job) })
    } catch (error) {
      post({ error })
    }
  })
}
