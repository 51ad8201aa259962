// A pool of worker threads for one kind of job: one starts where a job finds none free, and ends when it has been idle for long.
import { availableParallelism } from 'node:os'
import { emitWarning } from 'node:process'
import { Worker } from 'node:worker_threads'
import { type WorkerName, workerEntry } from '../platform/resources.ts'

interface Task<Job, Answer> {
  readonly job: Job
  readonly here: () => Promise<Answer>
  resolve(answer: Answer | Promise<Answer>): void
  reject(reason: unknown): void
}

interface Thread<Job, Answer> {
  readonly worker: Worker
  task?: Task<Job, Answer> | undefined
  idle?: NodeJS.Timeout
  fault?: unknown
}

/** What a thread says of a job: see answer-jobs.ts. */
export type Message<Answer> = { readonly answer: Answer } | { readonly error: unknown }

// a check that comes now and then should not have to start a thread each time
const IDLE_MILLISECONDS = 60_000

let isImpossible = false

/**
 * Starts a thread of the package; undefined, with a warning once, in a bundle, which lacks its file, and where Node's
 * --permission forbids it.
 */
export function startWorker(name: WorkerName): Worker | undefined {
  if (isImpossible) return undefined
  try {
    // without the program's own options, some of which (--input-type) a thread refuses
    const entry = workerEntry(name)
    return new Worker(entry.code, { eval: entry.eval, execArgv: [] })
  } catch (error) {
    isImpossible = true
    // further lines say who asked for the file
    const [reason] = String(error).split('\n')
    emitWarning(`no worker thread can be started, so hashes hold up the event loop: ${reason}`, {
      code: 'HTPASSWD_NO_THREADS',
    })
    return undefined
  }
}

/**
 * Only a thread at work keeps a program alive. By hand, for the pools on npm start their threads from files alone, and
 * the one-file executables have none.
 */
export class ThreadPool<Job, Answer> {
  readonly #start: () => Worker | undefined
  readonly #most: number
  readonly #threads = new Set<Thread<Job, Answer>>()
  readonly #waiting: Task<Job, Answer>[] = []

  /** @param start gives a thread that answers each job by a `Message`, one after the other; undefined where it cannot. */
  constructor(start: () => Worker | undefined, most = availableParallelism()) {
    this.#start = start
    this.#most = most
  }

  /**
   * Hands a job to a thread that is free, or to the first that will be. Rejects where it fails or dies.
   *
   * @param here does the job where no thread can be started at all.
   */
  run(job: Job, here: () => Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, here, resolve, reject })
      this.#assign()
    })
  }

  #assign(): void {
    for (let task = this.#waiting[0]; task !== undefined; task = this.#waiting[0]) {
      // always the first of the idle, so that those which are not needed end
      const idle = [...this.#threads].find(thread => thread.task === undefined)
      if (idle === undefined && this.#threads.size >= this.#most) return
      this.#waiting.shift()
      const thread = idle ?? this.#add()
      if (thread === undefined) task.resolve(task.here())
      else this.#give(thread, task)
    }
  }

  #give(thread: Thread<Job, Answer>, task: Task<Job, Answer>): void {
    thread.task = task
    clearTimeout(thread.idle)
    thread.worker.ref()
    thread.worker.postMessage(task.job)
  }

  #add(): Thread<Job, Answer> | undefined {
    const worker = this.#start()
    if (worker === undefined) return undefined
    const thread: Thread<Job, Answer> = { worker }
    this.#threads.add(thread)
    thread.worker
      .on('message', message => this.#settle(thread, message))
      // "exit" comes next; unheard, it would end the program
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

  #settle(thread: Thread<Job, Answer>, message: Message<Answer>): void {
    const { task } = thread
    thread.task = undefined
    thread.worker.unref()
    thread.idle = setTimeout(() => this.#end(thread), IDLE_MILLISECONDS).unref()
    if ('error' in message) task?.reject(message.error)
    else task?.resolve(message.answer)
    this.#assign()
  }

  #end(thread: Thread<Job, Answer>): Promise<number> {
    // at once, for it must get no job any more
    this.#threads.delete(thread)
    clearTimeout(thread.idle)
    return thread.worker.terminate()
  }

  /** Ends the threads; jobs under way fail. */
  async close(): Promise<void> {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the worker threads were closed'))
    await Promise.all([...this.#threads].map(thread => this.#end(thread)))
  }
}
