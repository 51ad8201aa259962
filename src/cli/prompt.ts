// Asks for a password: on the terminal without echo, or, where there is none, as a line of standard input.
import { HtpasswdError } from '../errors.ts'
import type { Io } from './io.ts'
import { LineEditor } from './line-editor.ts'
import type { Terminal } from './terminal.ts'

/** No answer is this long; more of it is not kept. */
const ANSWER_BYTES = 4096

const noAnswer = (): HtpasswdError =>
  new HtpasswdError('ERR_INTERRUPTED', 'no password was given; nothing was changed')

/**
 * Asks the questions in turn on one terminal, so that what is typed ahead answers the next.
 *
 * @param check throws for an answer that makes the next question needless.
 */
export async function askPasswords(
  io: Io,
  questions: readonly string[],
  check: (answer: Buffer) => void,
): Promise<Buffer[]> {
  const terminal = await io.openTerminal()
  const answers: Buffer[] = []
  const accept = (answer: Buffer): void => {
    check(answer)
    answers.push(answer)
  }
  if (terminal === undefined) {
    questions.forEach((question, i) => {
      accept(answerFromInput(io, question, i === 0))
    })
    return answers
  }
  const mask = io.platform === 'win32' ? '*' : ''
  const typed = new TypedBytes(terminal)
  try {
    for (const question of questions) {
      io.err(question)
      accept(await answerFromTerminal(io, typed, mask).finally(() => io.err('\n')))
    }
  } finally {
    terminal.close()
  }
  return answers
}

/** Only the first question needs an answer: one that is missing further on differs from it, or is empty as well. */
function answerFromInput(io: Io, question: string, needed: boolean): Buffer {
  io.err(question)
  const line = io.readLine(ANSWER_BYTES)
  if (line === undefined && needed) throw noAnswer()
  return line ?? Buffer.alloc(0)
}

async function answerFromTerminal(io: Io, typed: TypedBytes, mask: string): Promise<Buffer> {
  const editor = new LineEditor()
  for (;;) {
    const byte = await typed.next()
    const before = editor.shown
    const keystroke = byte === undefined ? 'interrupted' : editor.type(byte)
    if (keystroke === 'interrupted') throw noAnswer()
    if (keystroke === 'done') {
      if (byte === 0x0d) typed.skipLineFeed()
      return editor.answer
    }
    if (mask !== '')
      io.err(
        keystroke === 'erased' ? '\b \b'.repeat(before - editor.shown) : mask.repeat(editor.shown - before),
      )
  }
}

/** Bytes one by one out of the terminal's chunks. */
class TypedBytes {
  readonly #terminal: Terminal
  #chunk: Buffer = Buffer.alloc(0)

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  async next(): Promise<number | undefined> {
    while (this.#chunk.length === 0) {
      const chunk = await this.#terminal.read()
      if (chunk === undefined) return undefined
      this.#chunk = chunk
    }
    const byte = this.#chunk[0]
    this.#chunk = this.#chunk.subarray(1)
    return byte
  }

  /** Text pasted from Windows ends a line with both. */
  skipLineFeed(): void {
    if (this.#chunk[0] === 0x0a) this.#chunk = this.#chunk.subarray(1)
  }
}
