// Collects the start of a head or line whose end has not arrived, in time linear in its length.

const FIRST_BYTES = 1024

/**
 * A buffer that doubles when it is full. Concatenating on each read would take quadratic time if an upstream sends a
 * head byte by byte.
 */
export class PendingBytes {
  #buffer = Buffer.alloc(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Appends a part of `bytes`. @returns all that is pending, valid until the next call. */
  append(bytes: Buffer, start: number, end: number): Buffer {
    const length = this.#length + end - start
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, length, 2 * this.#buffer.length))
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    bytes.copy(this.#buffer, this.#length, start, end)
    this.#length = length
    return this.#buffer.subarray(0, length)
  }

  clear(): void {
    if (this.#length === 0) return
    this.#buffer = Buffer.alloc(0)
    this.#length = 0
  }
}
