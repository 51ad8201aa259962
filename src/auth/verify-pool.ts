// Checks passwords in worker threads behind a bounded queue, so that a login storm neither blocks nor piles up.
import { availableParallelism } from 'node:os'
import { identify, type VerifyOptions } from '../hash/registry.ts'
import { startWorker, ThreadPool } from '../hash/thread-pool.ts'
import { answerVerifyJob, type VerifyAnswer, type VerifyJob } from './verify-job.ts'

/** Threads and the length of the queue in front of them. */
export interface VerifyPoolOptions extends VerifyOptions {
  readonly workers?: number | undefined
  readonly maxQueue?: number | undefined
}

/** Shorter than the way to a thread and back: one digest, or a comparison. */
const instantFormats: ReadonlySet<string> = new Set(['sha1', 'ssha', 'plaintext'])

const WAITING_FOR_EACH_WORKER = 32

/** A check of a password; `full` where there is no room left to wait. */
export type Verify = (password: Uint8Array, storedHash: string) => Promise<VerifyAnswer | 'full'>

/** A pool that starts its threads with the first check and lets idle ones end. */
export class VerifyPool {
  readonly #options: VerifyOptions
  readonly #maxPending: number
  readonly #pool: ThreadPool<VerifyJob, VerifyAnswer>
  #pending = 0

  constructor({ workers, maxQueue, ...options }: VerifyPoolOptions = {}) {
    this.#options = options
    // one core stays free for the event loop; beyond four, storms are better answered 503 than served
    const threads = workers ?? Math.min(4, Math.max(1, availableParallelism() - 1))
    this.#maxPending = threads + (maxQueue ?? WAITING_FOR_EACH_WORKER * threads)
    this.#pool = new ThreadPool(() => startWorker('verify-worker'), threads)
  }

  /** Checks a password in a thread, or here where that is shorter. */
  readonly verify: Verify = async (password, storedHash) => {
    const format = identify(storedHash)?.format
    const job: VerifyJob = { password, storedHash, options: this.#options }
    if (format === undefined || instantFormats.has(format)) return answerVerifyJob(job)
    if (this.#pending >= this.#maxPending) return 'full'
    this.#pending++
    try {
      return await this.#pool.run(job, () => answerVerifyJob(job))
    } finally {
      this.#pending--
    }
  }

  /** Ends the threads; checks under way fail. */
  close(): Promise<void> {
    return this.#pool.close()
  }
}
