// Worker threads for hashes: a thread starts when a job finds none idle, and ends after a minute without a job.
import { availableParallelism } from 'node:os'
import { emitWarning } from 'node:process'
import { isMainThread, Worker } from 'node:worker_threads'
import type { ByteString } from '../bytes.ts'
import { workerEntry } from '../platform/resources.ts'
import { FairQueue, type Requester } from './fair-queue.ts'
import type { HashFormat } from './format.ts'

/** A hash to compute, as it is posted to a thread: a ByteString carries its own bytes and nothing of Node's buffer pool. */
export interface HashJob {
  readonly format: string
  readonly password: ByteString
  readonly setting: string
}

/** What `HashFormat.compute` gives in the end. */
export type Hash = string | undefined

/** What a thread posts back for a job. */
export type WorkerMessage = { readonly hash: Hash } | { readonly error: unknown }

interface Task {
  readonly job: HashJob
  readonly compute: HashFormat['compute']
  resolve(hash: Hash | Promise<Hash> | 'full'): void
  reject(reason: unknown): void
}

interface Thread {
  readonly worker: Worker
  task?: Task | undefined
  idleTimer?: NodeJS.Timeout
  fault?: unknown
}

/** How a pool is used. */
export interface HashPoolOptions {
  /** Threads at most. Default: one for each core. */
  readonly threads?: number | undefined
  /** Jobs that may wait for a thread. Default: no limit. */
  readonly maxQueue?: number | undefined
  /** Starts a thread; undefined where none can be started. Default: one that runs worker.ts. */
  readonly start?: (() => Worker | undefined) | undefined
}

// a login every now and then should not have to start a thread each time
const IDLE_MILLISECONDS = 60_000

let cannotStart = false

/**
 * Starts a thread that runs worker.ts. Returns undefined, with one warning for the process, where that is impossible: in
 * a bundle, which lacks the file, and under Node's --permission.
 */
export function startWorker(): Worker | undefined {
  if (cannotStart) return undefined
  try {
    const { code, eval: isCode } = workerEntry()
    // without the program's own options: a thread refuses some of them, such as --input-type
    return new Worker(code, { eval: isCode, execArgv: [] })
  } catch (error) {
    cannotStart = true
    // the further lines of the message list who required the file
    const [reason] = String(error).split('\n')
    emitWarning(
      `no worker thread can be started, so hashes block the event loop: ${reason}. ` +
        'In a bundle, keep the package htpasswd-kit external: its threads need a file of it.',
      { code: 'HTPASSWD_NO_THREADS' },
    )
    return undefined
  }
}

const anyone: Requester = { groups: [], isSuspect: false }

/**
 * A pool of threads that compute hashes. Only a busy thread keeps the program alive.
 *
 * Not a pool from npm (tinypool, piscina): they start threads from files only, and a one-file executable has none.
 */
export class HashPool {
  readonly #start: () => Worker | undefined
  readonly #maxThreads: number
  readonly #threads = new Set<Thread>()
  readonly #waiting: FairQueue<Task>

  constructor({ threads = availableParallelism(), maxQueue, start = startWorker }: HashPoolOptions = {}) {
    this.#start = start
    this.#maxThreads = threads
    this.#waiting = new FairQueue(maxQueue ?? Number.POSITIVE_INFINITY)
  }

  /**
   * Computes a hash in an idle thread, or in the first one that becomes idle; in this thread where none can be started.
   *
   * @returns `'full'` where too many others wait, or where this job had to make room for a requester with fewer jobs.
   *   Rejects where the thread fails.
   */
  compute(
    { id, compute }: Pick<HashFormat, 'id' | 'compute'>,
    password: ByteString,
    setting: string,
    requester: Requester = anyone,
  ): Promise<Hash | 'full'> {
    return new Promise((resolve, reject) => {
      const task: Task = { job: { format: id, password, setting }, compute, resolve, reject }
      this.#waiting.add(task, requester)
      this.#assign()
      // only what no thread could take counts as waiting
      this.#waiting.shrink()?.resolve('full')
    })
  }

  #assign(): void {
    while (this.#waiting.size > 0) {
      const idle = [...this.#threads].find(thread => thread.task === undefined)
      if (idle === undefined && this.#threads.size >= this.#maxThreads) return
      const task = this.#waiting.next() as Task
      const thread = idle ?? this.#add()
      if (thread === undefined) task.resolve(computeHere(task))
      else this.#give(thread, task)
    }
  }

  #give(thread: Thread, task: Task): void {
    thread.task = task
    clearTimeout(thread.idleTimer)
    thread.worker.ref()
    thread.worker.postMessage(task.job)
  }

  #add(): Thread | undefined {
    const worker = this.#start()
    if (worker === undefined) return undefined
    const thread: Thread = { worker }
    this.#threads.add(thread)
    thread.worker
      .on('message', message => this.#settle(thread, message))
      // 'exit' comes next; an 'error' event without a listener would end the program
      .on('error', fault => {
        thread.fault = fault
      })
      .on('exit', status => {
        this.#threads.delete(thread)
        thread.task?.reject(thread.fault ?? new Error(`a worker thread ended with status ${status}`))
        this.#assign()
      })
    return thread
  }

  #settle(thread: Thread, message: WorkerMessage): void {
    const { task } = thread
    thread.task = undefined
    thread.worker.unref()
    thread.idleTimer = setTimeout(() => this.#end(thread), IDLE_MILLISECONDS).unref()
    if ('error' in message) task?.reject(message.error)
    else task?.resolve(message.hash)
    this.#assign()
  }

  #end(thread: Thread): Promise<number> {
    // first of all, so that it is given no job any more
    this.#threads.delete(thread)
    clearTimeout(thread.idleTimer)
    return thread.worker.terminate()
  }

  /** Ends the threads; jobs in flight and jobs that wait are rejected. */
  async close(): Promise<void> {
    for (let task = this.#waiting.next(); task !== undefined; task = this.#waiting.next())
      task.reject(new Error('the worker threads were closed'))
    await Promise.all([...this.#threads].map(thread => this.#end(thread)))
  }
}

async function computeHere({ job, compute }: Task): Promise<Hash> {
  return compute(job.password, job.setting)
}

let shared: HashPool | undefined

/** The pool of the library's own functions; undefined in a worker thread of the program, where a hash blocks nothing else. */
export function sharedPool(): HashPool | undefined {
  if (!isMainThread) return undefined
  shared ??= new HashPool()
  return shared
}
