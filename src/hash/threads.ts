// Worker threads for one kind of job: started with the first, ended when idle, given up where one cannot start.
import { createRequire } from 'node:module'
import { Tinypool } from 'tinypool'

/** A pool as it runs, and why it is of no use any more. */
interface Started {
  readonly pool: Tinypool
  fault: unknown
}

// what comes now and then should not have to start a thread each time
const IDLE_MILLISECONDS = 60_000

/** Idle threads end by themselves, and none of them keeps a finished program alive. */
export class Threads<Job, Answer> {
  readonly #options: { filename: string; maxThreads?: number }
  #started: Started | undefined

  /** @param module a name in package.json's "imports", so that it is the built file in tests of the sources too. */
  constructor(module: string, options: { maxThreads?: number } = {}) {
    this.#options = { ...options, filename: createRequire(import.meta.url).resolve(module) }
  }

  /** Hands a job to a thread that is free, or to the first that will be. */
  async run(job: Job): Promise<Answer> {
    this.#started ??= this.#start()
    const started = this.#started
    try {
      return await started.pool.run(job)
    } catch (error) {
      throw started.fault ?? error
    }
  }

  #start(): Started {
    // without the program's own options, some of which (--input-type) a thread refuses
    const pool = new Tinypool({
      ...this.#options,
      minThreads: 0,
      idleTimeout: IDLE_MILLISECONDS,
      execArgv: [],
    })
    const started: Started = { pool, fault: undefined }
    // A thread that dies before its first job (an update took its file away, no memory for it) is told here alone, and
    // unheard it ends the process. Such a pool starts no further one, and lets the waiting wait: it is given up.
    pool.on('error', fault => {
      started.fault ??= fault
      if (this.#started === started) this.#started = undefined
      void pool.destroy()
    })
    return started
  }

  /** Ends the threads; jobs under way fail. */
  async close(): Promise<void> {
    await this.#started?.pool.destroy()
    this.#started = undefined
  }
}
