// Edits one answer at a terminal without echo: what each byte does, independent of a terminal.

/** What a key did. */
export type Keystroke = 'typed' | 'erased' | 'ignored' | 'done' | 'interrupted'

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80

/** An answer while it is typed: Backspace, Ctrl-U and Ctrl-W edit it, Return ends it, Ctrl-C and Ctrl-D cancel it. */
export class LineEditor {
  readonly #bytes: number[] = []
  #escape: 'none' | 'escape' | 'sequence' = 'none'
  /** The number of characters, not bytes, that a mask shows. */
  shown = 0

  /** The answer so far. */
  get answer(): Buffer {
    return Buffer.from(this.#bytes)
  }

  type(byte: number): Keystroke {
    if (this.#escape !== 'none') return this.#inEscape(byte)
    switch (byte) {
      case 0x0d:
      case 0x0a:
        return 'done'
      case 0x03: // Ctrl-C
      case 0x04: // Ctrl-D
      case 0x1c: // Ctrl-\
        return 'interrupted'
      case 0x08:
      case 0x7f:
        return this.#erase(() => this.#eraseCharacter())
      case 0x15: // Ctrl-U
        return this.#erase(() => this.#eraseWhile(() => true))
      case 0x17: // Ctrl-W: whitespace, then the word before it
        return this.#erase(() => {
          this.#eraseWhile(last => last === 0x20 || last === 0x09)
          this.#eraseWhile(last => last !== 0x20 && last !== 0x09)
        })
      case 0x1b:
        this.#escape = 'escape'
        return 'ignored'
    }
    this.#bytes.push(byte)
    if (isContinuation(byte)) return 'ignored'
    this.shown++
    return 'typed'
  }

  /** Arrow and function keys send ESC [ … letter or ESC O letter (ECMA-48 5.4), which is no part of a password. */
  #inEscape(byte: number): Keystroke {
    const opens = this.#escape === 'escape' && (byte === 0x5b || byte === 0x4f)
    const continues = this.#escape === 'sequence' && (byte < 0x40 || byte > 0x7e)
    this.#escape = opens || continues ? 'sequence' : 'none'
    return 'ignored'
  }

  #erase(act: () => void): Keystroke {
    const before = this.#bytes.length
    act()
    return this.#bytes.length < before ? 'erased' : 'ignored'
  }

  #eraseWhile(test: (last: number) => boolean): void {
    while (this.#bytes.length > 0 && test(this.#bytes.at(-1) as number)) this.#eraseCharacter()
  }

  #eraseCharacter(): void {
    while (isContinuation(this.#bytes.at(-1))) this.#bytes.pop()
    if (this.#bytes.pop() !== undefined) this.shown--
  }
}
