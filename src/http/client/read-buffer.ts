// The buffer that node:net reads a connection into (its `onread` option), instead of a new one for each read.

const SHORT_BYTES = 16 * 1024
const LONG_BYTES = 128 * 1024

/**
 * Small at first, because there may be a thousand event streams. A read that fills the buffer indicates a long body:
 * until the response ends a larger buffer is used, for fewer reads.
 */
export class ReadBuffer {
  #buffer = Buffer.alloc(0)
  #wanted = SHORT_BYTES
  #hasRead = false

  /**
   * node:net calls this for each address that it tries, and before each read; undefined keeps the current buffer. Until
   * the first read the buffer has to be given again, because each attempt has a handle of its own without a buffer.
   */
  readonly next = (): Buffer => {
    if (this.#wanted !== this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(this.#wanted)
    else if (this.#hasRead) return undefined as never
    return this.#buffer
  }

  /** Records a read. */
  onRead(length: number): void {
    this.#hasRead = true
    if (length === this.#buffer.length) this.#wanted = LONG_BYTES
  }

  /** The response has ended: use the small buffer again. */
  reset(): void {
    this.#wanted = SHORT_BYTES
  }
}
