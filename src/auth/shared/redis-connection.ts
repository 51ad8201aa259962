// The connection to the shared store. It reconnects by itself; while there is no connection, every command fails at
// once.
import type { SendCommand } from './redis-store.ts'

/** What is needed of a client library. */
export interface RedisClient {
  sendCommand(command: readonly string[]): Promise<unknown>
  /** Pending commands fail. */
  destroy(): void
}

/** Connects and logs in; calls `onLost` when the connection ends later. */
export type OpenClient = (onLost: (error: Error) => void) => Promise<RedisClient>

/** Timers, replaced by tests. */
export interface Timers {
  /** @returns what cancels it. */
  after(milliseconds: number, run: () => void): () => void
}

export interface RedisConnectionOptions {
  readonly open: OpenClient
  /** Runs on each new connection; the server counts as usable once it resolves. */
  readonly prepare: () => Promise<unknown>
  /** Runs each second while the server is usable. */
  readonly poll: () => Promise<unknown>
  readonly onUp: () => void
  /** Called once for each loss, and for a first attempt that fails. */
  readonly onDown: (error: Error) => void
  readonly timers?: Timers
}

const COMMAND_LIMIT_MS = 100
const CONNECT_LIMIT_MS = 2000
const POLL_MS = 1000
const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 1000

const realTimers: Timers = {
  after: (milliseconds, run) => {
    // reads data that has arrived first, so that a busy process does not take the server for silent
    let isCancelled = false
    const timer = setTimeout(() => setImmediate(() => isCancelled || run()), milliseconds)
    return () => {
      isCancelled = true
      clearTimeout(timer)
    }
  },
}

/** Holds one connection at a time. */
export class RedisConnection {
  readonly #options: RedisConnectionOptions
  readonly #timers: Timers
  #client: RedisClient | undefined
  #state: 'new' | 'up' | 'down' | 'closed' = 'new'
  #isWaiting = false
  #errors = 0
  #delay = FIRST_DELAY_MS
  #cancel: () => void = () => {}

  constructor(options: RedisConnectionOptions) {
    this.#options = options
    this.#timers = options.timers ?? realTimers
  }

  /** Whether the server is known to be usable. */
  get isUp(): boolean {
    return this.#state === 'up'
  }

  /** How often the connection was lost, or could not be made. */
  get errors(): number {
    return this.#errors
  }

  /** Makes the first attempt; resolves when it has succeeded or failed. Further attempts are made automatically. */
  start(): Promise<void> {
    return this.#connect()
  }

  /** Sends a command. Rejects with an error of the server, and at once while there is no connection. */
  readonly send: SendCommand = async (command, limit = COMMAND_LIMIT_MS) => {
    const client = this.#client
    if (client === undefined) throw new Error('not connected')
    try {
      return await this.#within(limit, client.sendCommand(command))
    } catch (error) {
      // also for an error of the server: one that became a replica or is out of memory is of no use
      if (this.#client === client) this.#lose(error as Error)
      throw error
    }
  }

  close(): void {
    this.#state = 'closed'
    this.#cancel()
    this.#client?.destroy()
    this.#client = undefined
  }

  async #connect(): Promise<void> {
    let client: RedisClient | undefined
    try {
      const opening = this.#options.open(error => {
        if (client !== undefined && this.#client === client) this.#lose(error)
      })
      client = await this.#within(CONNECT_LIMIT_MS, opening, late => late.destroy())
      if (this.#state === 'closed') return client.destroy()
      this.#client = client
      await this.#options.prepare()
      if (this.#client !== client) return
      this.#state = 'up'
      this.#options.onUp()
      this.#pollLater()
    } catch (error) {
      this.#lose(error as Error)
    }
  }

  #pollLater(): void {
    this.#cancel = this.#timers.after(POLL_MS, async () => {
      const client = this.#client
      await this.#options.poll().catch(() => {})
      if (client === undefined || this.#client !== client) return
      this.#delay = FIRST_DELAY_MS
      this.#pollLater()
    })
  }

  #lose(error: Error): void {
    if (this.#isWaiting || this.#state === 'closed') return
    this.#errors++
    this.#cancel()
    this.#client?.destroy()
    this.#client = undefined
    if (this.#state !== 'down') {
      this.#state = 'down'
      this.#options.onDown(error)
    }
    this.#isWaiting = true
    this.#cancel = this.#timers.after(this.#delay, () => {
      this.#isWaiting = false
      void this.#connect()
    })
    this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY_MS)
  }

  /** @param onLate is called with a result that arrives after the timeout. */
  #within<T>(milliseconds: number, result: Promise<T>, onLate: (late: T) => void = () => {}): Promise<T> {
    return new Promise((resolve, reject) => {
      let isLate = false
      const cancel = this.#timers.after(milliseconds, () => {
        isLate = true
        reject(new Error(`no response within ${milliseconds} ms`))
      })
      result.then(
        value => {
          cancel()
          if (isLate) onLate(value)
          else resolve(value)
        },
        error => {
          cancel()
          reject(error)
        },
      )
    })
  }
}
