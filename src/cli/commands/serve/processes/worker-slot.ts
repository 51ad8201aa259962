// One worker of `serve --workers`: a process that is replaced when it ends unexpectedly.
import type { Worker } from 'node:cluster'
import type { SessionRequest } from '../../../../auth/sessions/ended-channel.ts'
import type { ThrottleRequest } from '../../../../auth/throttle-channel.ts'
import { type ErrorCode, HtpasswdError } from '../../../../errors.ts'
import type { GuardAddress } from '../listen/address.ts'
import { countersOf, type Snapshot, sumOf } from '../metrics/snapshot.ts'

/** The messages of a worker: that it listens, why it cannot, and its counts; besides, requests to the throttle. */
export type WorkerMessage =
  | { readonly listening: readonly GuardAddress[]; readonly memory: number }
  | { readonly failed: { readonly code: ErrorCode; readonly message: string } }
  | { readonly snapshot: Snapshot }
  | ThrottleRequest
  | SessionRequest
/** The messages to a worker. */
export type WorkerCommand =
  | 'reload'
  | 'drain'
  | 'reopenLog'
  | 'snapshot'
  | { readonly close: number }
  /** For `setObstacle` of the listener; null stands for undefined, which JSON lacks. */
  | { readonly obstacle: string | null }

/** Holds one worker at a time, until it is closed. */
export class WorkerSlot {
  readonly #fork: () => Worker
  readonly #notify: (text: string) => void
  readonly #delayAfter = restartBackoff()
  #worker: Worker | undefined
  /** The counters of workers that have ended, and the last snapshot of the current one. */
  #ended: Snapshot = {}
  #last: Snapshot = {}
  #restart: NodeJS.Timeout | undefined
  #closing = false
  #memory = 0

  constructor(fork: () => Worker, notify: (text: string) => void) {
    this.#fork = fork
    this.#notify = notify
  }

  /**
   * Starts a worker; resolves with its addresses. A worker that has listened is replaced when it ends.
   *
   * @throws HtpasswdError if it ends before it listens.
   */
  async start(): Promise<readonly GuardAddress[]> {
    const started = performance.now()
    const worker = this.#startProcess()
    this.#worker = worker
    return new Promise((resolve, reject) => {
      let listens = false
      let failure: HtpasswdError | undefined
      worker.on('message', (message: WorkerMessage) => {
        if ('listening' in message) {
          listens = true
          this.#memory = message.memory
          resolve(message.listening)
        } else if ('failed' in message)
          failure = new HtpasswdError(message.failed.code, message.failed.message)
      })
      worker.on('error', error => {
        // any other error, such as a failed message to a process that is ending, shows in its exit
        if (worker.process.pid !== undefined) return
        this.#worker = undefined
        reject(notStarted(error))
      })
      worker.once('exit', (status, signal) => {
        this.#worker = undefined
        this.#ended = sumOf(this.#ended, countersOf(this.#last))
        this.#last = {}
        const how = `a worker ended with ${signal ? `signal ${signal}` : `exit status ${status}`}`
        if (listens) this.#startAgain(started, `${how}; a new one is started`)
        else reject(failure ?? new HtpasswdError('ERR_LISTEN', `${how} before it listened`))
      })
    })
  }

  /** The resident memory of its worker when that began to listen, in bytes. */
  get memory(): number {
    return this.#memory
  }

  send(command: WorkerCommand): void {
    // the callback takes the error of a process that is just ending
    if (this.#worker?.isConnected()) this.#worker.send(command, () => {})
  }

  /** The counts of its workers; if the current one does not respond within a second, its last ones. */
  async snapshot(): Promise<Snapshot> {
    const worker = this.#worker
    const snapshot = worker && (await this.#askForSnapshot(worker))
    // the counts of a worker that ended meanwhile are in `#ended` already
    if (snapshot !== undefined && worker === this.#worker) this.#last = snapshot
    return sumOf(this.#ended, this.#last)
  }

  #askForSnapshot(worker: Worker): Promise<Snapshot | undefined> {
    return new Promise(resolve => {
      const finish = (snapshot?: Snapshot): void => {
        clearTimeout(timer)
        worker.off('message', receive)
        resolve(snapshot)
      }
      const receive = (message: WorkerMessage): void => {
        if ('snapshot' in message) finish(message.snapshot)
      }
      const timer = setTimeout(finish, SNAPSHOT_LIMIT_MS)
      worker.on('message', receive)
      this.send('snapshot')
    })
  }

  /** Resolves when its worker has exited; requests in flight may finish until the limit. */
  async close(limitMilliseconds: number): Promise<void> {
    this.#closing = true
    clearTimeout(this.#restart)
    const worker = this.#worker
    if (worker === undefined) return
    const exited = new Promise(resolve => worker.once('exit', resolve))
    this.send({ close: limitMilliseconds })
    await exited
  }

  #startProcess(): Worker {
    try {
      return this.#fork()
    } catch (error) {
      throw notStarted(error as Error)
    }
  }

  #startAgain(started: number, why: string): void {
    if (this.#closing) return
    const delay = this.#delayAfter(performance.now() - started)
    this.#notify(`warning: ${why}${delay === 0 ? '' : ` in ${delay / 1000} s`}`)
    this.#restart = setTimeout(() => {
      const again = performance.now()
      this.start().catch((error: Error) =>
        this.#startAgain(again, `a worker could not be replaced: ${error.message}; the next attempt is made`),
      )
    }, delay)
  }
}

const notStarted = (error: Error): HtpasswdError =>
  new HtpasswdError('ERR_LISTEN', `a worker could not be started: ${error.message}`, { cause: error })

const SNAPSHOT_LIMIT_MS = 1000

const FIRST_DELAY_MS = 1000
const LONGEST_DELAY_MS = 30_000
/** A worker that lived so long did not crash at its start. */
const STABLE_AFTER_MS = 60_000

/**
 * The delays before the restarts of one worker: none after a stable one, then doubling, so that one which crashes at its
 * start is not restarted in a busy loop.
 *
 * @returns the milliseconds to wait after a worker that lived for `lifetime` milliseconds.
 */
export function restartBackoff(): (lifetime: number) => number {
  let next = 0
  return lifetime => {
    const delay = lifetime < STABLE_AFTER_MS ? next : 0
    next = Math.min(Math.max(delay * 2, FIRST_DELAY_MS), LONGEST_DELAY_MS)
    return delay
  }
}
