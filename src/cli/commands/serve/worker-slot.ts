// The place of one worker: filled with a process, and filled again when that one ends before it is told to.
import type { Worker } from 'node:cluster'
import { type ErrorCode, HtpasswdError } from '../../../errors.ts'
import { RestartPause } from './restart-backoff.ts'

/** What a worker tells: that it listens, or why it cannot. */
export type Report =
  | { readonly listening: number }
  | { readonly failed: { readonly code: ErrorCode; readonly message: string } }
/** What it is told. */
export type Order = 'reload' | { readonly close: number }

/** Holds one worker at a time, until it is closed. */
export class WorkerPlace {
  readonly #fork: () => Worker
  readonly #say: (text: string) => void
  readonly #pause = new RestartPause()
  #worker: Worker | undefined
  #next: NodeJS.Timeout | undefined
  #closing = false

  constructor(fork: () => Worker, say: (text: string) => void) {
    this.#fork = fork
    this.#say = say
  }

  /**
   * Starts a worker; resolves with its port.
   *
   * @throws HtpasswdError where it does not come to listen. One that did is replaced when it ends.
   */
  async fill(): Promise<number> {
    const started = performance.now()
    const worker = this.#start()
    this.#worker = worker
    return new Promise((resolve, reject) => {
      let listens = false
      let failure: HtpasswdError | undefined
      worker.on('message', (report: Report) => {
        listens = 'listening' in report
        if ('listening' in report) resolve(report.listening)
        else failure = new HtpasswdError(report.failed.code, report.failed.message)
      })
      worker.on('error', error => {
        // any other error, as of an order to one that is just ending, shows in its end
        if (worker.process.pid !== undefined) return
        this.#worker = undefined
        reject(notStarted(error))
      })
      worker.once('exit', (status, signal) => {
        this.#worker = undefined
        const how = `a worker ended with ${signal ? `signal ${signal}` : `exit status ${status}`}`
        if (listens) this.#fillAgain(started, `${how}; another one takes its place`)
        else reject(failure ?? new HtpasswdError('ERR_LISTEN', `${how} before it listened`))
      })
    })
  }

  tell(order: Order): void {
    // one that is just ending needs no order
    if (this.#worker?.isConnected()) this.#worker.send(order, () => {})
  }

  /** Resolves when its worker has gone; requests under way may finish until the limit. */
  async close(limitMilliseconds: number): Promise<void> {
    this.#closing = true
    clearTimeout(this.#next)
    const worker = this.#worker
    if (worker === undefined) return
    const gone = new Promise(resolve => worker.once('exit', resolve))
    this.tell({ close: limitMilliseconds })
    await gone
  }

  #start(): Worker {
    try {
      return this.#fork()
    } catch (error) {
      throw notStarted(error as Error)
    }
  }

  #fillAgain(started: number, why: string): void {
    if (this.#closing) return
    const pause = this.#pause.after(performance.now() - started)
    this.#say(`warning: ${why}${pause === 0 ? '' : ` in ${pause / 1000} s`}`)
    this.#next = setTimeout(() => {
      const again = performance.now()
      this.fill().catch((error: Error) =>
        this.#fillAgain(again, `no worker could take its place: ${error.message}; the next one is tried`),
      )
    }, pause)
  }
}

const notStarted = (error: Error): HtpasswdError =>
  new HtpasswdError('ERR_LISTEN', `a worker could not be started: ${error.message}`, { cause: error })
