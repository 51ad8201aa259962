// The buffer that node:net reads a connection into (its `onread` option), instead of a new one for each read.

const SHORT_BYTES = 16 * 1024
const LONG_BYTES = 128 * 1024

/**
 * Small at first, because there may be a thousand event streams. A read that fills it announces a long body: until the
 * response ends, a larger one takes its place, for fewer reads.
 */
export class ReadBuffer {
  #size = 0
  #wanted = SHORT_BYTES

  /** Called by node:net before each read; undefined keeps the current buffer. */
  readonly next = (): Buffer => {
    if (this.#wanted === this.#size) return undefined as never
    this.#size = this.#wanted
    return Buffer.allocUnsafeSlow(this.#size)
  }

  /** Takes note of a read. */
  onRead(length: number): void {
    if (length === this.#size) this.#wanted = LONG_BYTES
  }

  /** The response has ended: the next read is small again. */
  reset(): void {
    this.#wanted = SHORT_BYTES
  }
}
