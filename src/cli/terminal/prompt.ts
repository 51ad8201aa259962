// Asks at the terminal, or, where there is none, by a line of standard input: passwords without echo, questions with it.
import { HtpasswdError } from '../../errors.ts'
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
  const echo = io.platform === 'win32' ? asStars : asNothing
  const typed = new TypedBytes(terminal)
  try {
    for (const question of questions) {
      io.err(question)
      accept(await answerFromTerminal(io, typed, echo).finally(() => io.err('\n')))
    }
  } finally {
    terminal.close()
  }
  return answers
}

/** Asks for a line that may be seen; undefined where none was given. */
async function askLine(io: Io, question: string): Promise<Buffer | undefined> {
  const terminal = await io.openTerminal()
  io.err(question)
  if (terminal === undefined) return io.readLine(ANSWER_BYTES)
  try {
    return await answerFromTerminal(io, new TypedBytes(terminal), asTyped)
  } catch (error) {
    if ((error as HtpasswdError).code === 'ERR_INTERRUPTED') return undefined
    throw error
  } finally {
    io.err('\n')
    terminal.close()
  }
}

/** Asks a question with yes or no; anything but `y` or `yes` is no, also the end of the input and Ctrl-C. */
export async function confirm(io: Io, question: string): Promise<boolean> {
  const answer = await askLine(io, `${question} [y/N] `)
  return /^y(es)?$/i.test(answer?.toString().trim() ?? '')
}

/** Only the first question needs an answer: one that is missing further on differs from it, or is empty as well. */
function answerFromInput(io: Io, question: string, needed: boolean): Buffer {
  io.err(question)
  const line = io.readLine(ANSWER_BYTES)
  if (line === undefined && needed) throw noAnswer()
  return line ?? Buffer.alloc(0)
}

/** What stands on the terminal for a character that ends in this byte. */
type Echo = (byte: number) => string

const asNothing: Echo = () => ''
const asStars: Echo = () => '*'
/** Letters beyond ASCII, of several bytes, are no answer to any question here. */
const asTyped: Echo = byte => (byte < 0x80 ? String.fromCharCode(byte) : '?')

async function answerFromTerminal(io: Io, typed: TypedBytes, echo: Echo): Promise<Buffer> {
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
    if (byte === undefined || echo === asNothing) continue
    const [taken, added] = [before - editor.shown, editor.shown - before]
    if (keystroke === 'erased') io.draw('\b \b'.repeat(taken))
    else if (added > 0) io.err(echo(byte))
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
