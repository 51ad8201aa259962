// Asks at the terminal or, without one, reads lines of standard input: passwords without echo, questions with it.
import { HtpasswdError } from '../../errors.ts'
import type { Io } from './io.ts'
import { LineEditor } from './line-editor.ts'
import type { Terminal } from './terminal.ts'

/** Longer than any answer; further bytes are dropped. */
const ANSWER_BYTES = 4096

const noAnswer = (): HtpasswdError =>
  new HtpasswdError('ERR_INTERRUPTED', 'no password was given; nothing was changed')

/**
 * Asks the questions one after the other at one terminal, so that characters typed ahead go to the next question.
 *
 * @param check throws for an answer after which the next question makes no sense.
 * @param objectionTo says why all questions are to be asked again at the terminal; undefined if they need not be.
 */
export async function askPasswords(
  io: Io,
  questions: readonly string[],
  check: (answer: Buffer) => void,
  objectionTo: (answers: readonly Buffer[]) => string | undefined = () => undefined,
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
    for (;;) {
      for (const question of questions) {
        io.err(question)
        accept(await answerFromTerminal(io, typed, echo).finally(() => io.err('\n')))
      }
      const objection = objectionTo(answers)
      if (objection === undefined) return answers
      io.err(`${objection}\n`)
      answers.length = 0
    }
  } finally {
    terminal.close()
  }
}

/** Asks for a line with echo; undefined if none is given. */
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

/** Asks a yes-or-no question. Anything but `y` or `yes` is no, also the end of the input and Ctrl-C. */
export async function confirm(io: Io, question: string): Promise<boolean> {
  const answer = await askLine(io, `${question} [y/N] `)
  return /^y(es)?$/i.test(answer?.toString().trim() ?? '')
}

/** Only the first question needs an answer: a missing repetition counts as empty, so it differs or is equal. */
function answerFromInput(io: Io, question: string, needed: boolean): Buffer {
  io.err(question)
  const line = io.readLine(ANSWER_BYTES)
  if (line === undefined && needed) throw noAnswer()
  return line ?? Buffer.alloc(0)
}

/** The text that the terminal shows for a character whose last byte is this. */
type Echo = (byte: number) => string

const asNothing: Echo = () => ''
const asStars: Echo = () => '*'
/** Echoes ASCII only, because no answer here contains anything else. */
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

/** The bytes of the terminal's chunks, one by one. */
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

  /** Text pasted on Windows ends lines with CRLF. */
  skipLineFeed(): void {
    if (this.#chunk[0] === 0x0a) this.#chunk = this.#chunk.subarray(1)
  }
}
