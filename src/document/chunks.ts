// The parts of a text that is written: large ones as they lie in memory, small ones joined, for a million changes are small.

/** Below it a buffer of its own is larger than what it holds. */
const SMALL_BYTES = 512
const JOINED_CHARACTERS = 1 << 16

export class Pieces {
  readonly #pieces: Buffer[] = []
  // one Latin-1 character a byte
  #joined = ''
  length = 0
  lastByte: number | undefined

  add(bytes: Buffer): void {
    if (bytes.length < SMALL_BYTES) {
      this.addText(bytes.toString('latin1'))
      return
    }
    this.#flush()
    this.#pieces.push(bytes)
    this.length += bytes.length
    this.lastByte = bytes.at(-1)
  }

  /** @param text one Latin-1 character a byte. */
  addText(text: string): void {
    if (text === '') return
    this.#joined += text
    this.length += text.length
    this.lastByte = text.charCodeAt(text.length - 1)
    if (this.#joined.length >= JOINED_CHARACTERS) this.#flush()
  }

  /** All of them, in their order; none is empty. */
  buffers(): Buffer[] {
    this.#flush()
    return this.#pieces
  }

  #flush(): void {
    if (this.#joined !== '') this.#pieces.push(Buffer.from(this.#joined, 'latin1'))
    this.#joined = ''
  }
}
