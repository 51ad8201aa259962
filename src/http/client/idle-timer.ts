// The idle timeout of a connection: a timer that runs only while the upstream must act.

export class IdleTimer {
  readonly #milliseconds: number
  readonly #onTimeout: () => void
  #timer: NodeJS.Timeout | undefined

  /** @param milliseconds 0 disables it. */
  constructor(milliseconds: number, onTimeout: () => void) {
    this.#milliseconds = milliseconds
    this.#onTimeout = onTimeout
  }

  /** Starts it, unless it is running. */
  start(): void {
    if (this.#milliseconds === 0 || this.#timer !== undefined) return
    this.#timer = setTimeout(this.#onTimeout, this.#milliseconds).unref()
  }

  restart(): void {
    this.stop()
    this.start()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
