// Checks passwords in worker threads behind a bounded queue, so that a login storm neither blocks nor piles up.
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { Tinypool } from 'tinypool'
import { identify, type VerifyOptions } from '../hash/registry.ts'
import verifyJob, { type VerifyAnswer, type VerifyJob } from './verify-worker.ts'

/** Threads and the length of the queue in front of them. */
export interface VerifyPoolOptions extends VerifyOptions {
  readonly workers?: number | undefined
  readonly maxQueue?: number | undefined
}

/** Shorter than the way to a thread and back: one digest, or a comparison. */
const instantFormats: ReadonlySet<string> = new Set(['sha1', 'ssha', 'plaintext'])

const WAITING_FOR_EACH_WORKER = 32
// a check that comes now and then should not have to start a thread each time
const IDLE_MILLISECONDS = 60_000

/** A check of a password; `full` where there is no room left to wait. */
export type Verify = (password: Uint8Array, storedHash: string) => Promise<VerifyAnswer | 'full'>

/** Threads, and why they are of no use any more. */
interface Threads {
  readonly pool: Tinypool
  fault: unknown
}

/** A pool that starts its threads with the first check and lets idle ones end. */
export class VerifyPool {
  readonly #options: VerifyOptions
  readonly #workers: number
  readonly #maxPending: number
  #pending = 0
  #threads: Threads | undefined

  constructor({ workers, maxQueue, ...options }: VerifyPoolOptions = {}) {
    this.#options = options
    // one core stays free for the event loop; beyond four, storms are better answered 503 than served
    this.#workers = workers ?? Math.min(4, Math.max(1, availableParallelism() - 1))
    this.#maxPending = this.#workers + (maxQueue ?? WAITING_FOR_EACH_WORKER * this.#workers)
  }

  /** Checks a password in a thread, or here where that is shorter. */
  readonly verify: Verify = async (password, storedHash) => {
    const format = identify(storedHash)?.format
    const job: VerifyJob = { password, storedHash, options: this.#options }
    if (format === undefined || instantFormats.has(format)) return verifyJob(job)
    if (this.#pending >= this.#maxPending) return 'full'
    this.#pending++
    this.#threads ??= this.#start()
    const threads = this.#threads
    try {
      return await threads.pool.run(job)
    } catch (error) {
      throw threads.fault ?? error
    } finally {
      this.#pending--
    }
  }

  #start(): Threads {
    const pool = new Tinypool({
      // by its name in package.json "imports", so that it is the built file in tests of the sources too
      filename: createRequire(import.meta.url).resolve('#verify-worker'),
      minThreads: 0,
      maxThreads: this.#workers,
      idleTimeout: IDLE_MILLISECONDS,
    })
    const threads: Threads = { pool, fault: undefined }
    // A thread that dies before its first job (an update took its file away, no memory for it) is told here alone, and
    // unheard it ends the process. Such a pool starts no further one, and lets the waiting wait: it is given up.
    pool.on('error', fault => {
      threads.fault ??= fault
      if (this.#threads === threads) this.#threads = undefined
      void pool.destroy()
    })
    return threads
  }

  /** Ends the threads; checks under way fail. */
  async close(): Promise<void> {
    await this.#threads?.pool.destroy()
    this.#threads = undefined
  }
}
