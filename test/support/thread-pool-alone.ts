// A pool whose threads have to do the jobs: where one cannot be started, the job fails.
import type { Worker } from 'node:worker_threads'
import { ThreadPool } from '../../src/hash/thread-pool.ts'

export function threadPoolAlone<Job, Answer>(start: () => Worker | undefined, most?: number) {
  const pool = new ThreadPool<Job, Answer>(start, most)
  const unexpected = (): Promise<never> => Promise.reject(new Error('expected a thread to do it'))
  return { run: (job: Job) => pool.run(job, unexpected), close: () => pool.close() }
}
