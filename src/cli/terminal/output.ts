// How results and messages are written: counts, names made safe to show, words quoted for a shell, colours, JSON.
import { styleText } from 'node:util'
import { HtpasswdError } from '../../errors.ts'

/** Where results are written; part of `Io`. */
export interface ResultOutput {
  /** Standard output: nothing but what a script asked for. */
  out(text: string | Buffer): void
  /** Whether standard input (0), standard output (1) or standard error (2) is a terminal. */
  isTerminal(fd: 0 | 1 | 2): boolean
  readonly env: NodeJS.ProcessEnv
}

/** `1 user`, `2 users`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`

/**
 * Characters that control a terminal or reorder what it shows: C0, DEL and C1 (ECMA-48), line and paragraph separators,
 * bidirectional controls (Unicode UAX #9, CVE-2021-42574).
 */
const CONTROLS = '\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069'
const UNPRINTABLE = new RegExp(`[${CONTROLS}\\ud800-\\udfff]`, 'gu')
const UNPRINTABLE_IN_TEXT = new RegExp(`(?![\\n\\t])[${CONTROLS}\\ud800-\\udfff]`, 'gu')

/**
 * Makes a name safe to show: characters that could control the terminal, and bytes that are not UTF-8, become `\xNN` or
 * `\u{NNNN}`.
 */
export const printable = (name: string): string => name.replace(UNPRINTABLE, escapeCharacter)

/** Like `printable` for a whole message, which keeps its newlines and tabs. */
export const printableText = (text: string): string => text.replace(UNPRINTABLE_IN_TEXT, escapeCharacter)

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0)
  // bytes.ts represents a byte that is not UTF-8 as U+DC80 to U+DCFF
  const byte = code >= 0xdc80 && code <= 0xdcff ? code & 0xff : code
  const hex = byte.toString(16)
  return byte <= 0xff ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`
}

/**
 * Quotes a name for a command that a message advises to type: one word for the shell, whatever it contains.
 *
 * @param placeholder is returned if no quoting is safe in every shell of the system; the message names the file anyway.
 */
export function shellWord(
  word: string,
  placeholder: 'FILE' | 'USER' = 'FILE',
  platform: NodeJS.Platform = process.platform,
): string {
  // a file name that begins with a hyphen would be an option
  const text = placeholder === 'FILE' && word.startsWith('-') ? `./${word}` : word
  if (printable(text) !== text) return placeholder
  return platform === 'win32' ? windowsWord(text, placeholder) : posixWord(text)
}

/** For sh, bash, zsh and fish, which disagree on a backslash within single quotes: it stands outside of them. */
function posixWord(word: string): string {
  if (/^[\p{L}\d_./:@+,-][\p{L}\d_./:@+,=-]*$/u.test(word)) return word
  const parts = word.match(/[^'\\]+|['\\]/g) ?? ['']
  return parts.map(part => (part === "'" ? `"'"` : part === '\\' ? '\\\\' : `'${part}'`)).join('')
}

/**
 * For cmd and PowerShell at once. Within double quotes cmd still expands `%` and `!`, PowerShell `$`, a backtick and
 * typographic quotation marks; and no character that escapes them for one does so for the other.
 */
function windowsWord(word: string, placeholder: string): string {
  if (/^[\p{L}\d_./\\:-][\p{L}\d_./\\:@+-]*$/u.test(word)) return word
  if (/["%!$`\u2018-\u201f]/.test(word)) return placeholder
  // a backslash before the closing quotation mark would escape it (CommandLineToArgvW)
  return `"${word.replace(/\\+$/, '$&$&')}"`
}

/**
 * Runs `work` and returns its exit status, or that of an error of this package, whose text goes to standard error. Any
 * other error is a defect, and is rethrown.
 */
export async function reportErrors(
  io: { err(text: string): void },
  work: () => Promise<number>,
  textOf: (error: HtpasswdError) => string,
): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof HtpasswdError)) throw error
    io.err(textOf(error))
    return error.exitStatus
  }
}

export type Paint = (style: 'green' | 'yellow' | 'red' | 'cyan' | 'bold', text: string) => string

/** Colours text for standard output, if that is a terminal and NO_COLOR is not set (no-color.org). */
export function painter(io: ResultOutput): Paint {
  if (!io.isTerminal(1) || io.env.NO_COLOR) return (_, text) => text
  // io has decided already; styleText would check process.stdout, which tests replace
  return (style, text) => styleText(style, text, { validateStream: false })
}

/** Each write is a system call, so a table of a million lines is written in pieces of this size. */
const PIECE_CHARACTERS = 64 * 1024

/** Standard output behind a buffer. */
export class Output {
  readonly #io: ResultOutput
  #pending = ''

  constructor(io: ResultOutput) {
    this.#io = io
  }

  write(text: string): void {
    this.#pending += text
    if (this.#pending.length >= PIECE_CHARACTERS) this.flush()
  }

  flush(): void {
    if (this.#pending !== '') this.#io.out(this.#pending)
    this.#pending = ''
  }
}

/** JSON whose strings show no control character; JSON.stringify escapes C0 only. */
export const printableJson = (value: object): string =>
  JSON.stringify(value).replace(
    new RegExp(`[${CONTROLS}]`, 'gu'),
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/**
 * Writes one JSON document without holding all of it: the members of `head`, a list with a line for each item, and the
 * members of `tail`, which is called once the list is written.
 */
export function writeJson(
  io: ResultOutput,
  head: object,
  name: string,
  items: Iterable<object>,
  tail: () => object,
): void {
  const output = new Output(io)
  output.write(`${printableJson(head).slice(0, -1)},${JSON.stringify(name)}:[`)
  let separator = '\n'
  for (const item of items) {
    output.write(separator + printableJson(item))
    separator = ',\n'
  }
  output.write(`\n],${printableJson(tail()).slice(1)}\n`)
  output.flush()
}
