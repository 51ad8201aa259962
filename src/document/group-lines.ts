// The lines of Apache's AuthGroupFile, as mod_authz_groupfile.c reads them: `group: user "another user" …`.
import { type ByteString, textStart } from '../bytes.ts'
import { identify } from '../hash/registry.ts'

/** A word, and where it was read from, with its quotes. */
export interface Word {
  readonly name: ByteString
  readonly start: number
  readonly end: number
}

/** One line, with the lines that continue it. Comments and blank lines have neither group nor fault. */
export interface GroupLine {
  /** From 1. */
  readonly line: number
  readonly start: number
  /** After its newline. */
  readonly end: number
  readonly group?: ByteString
  /** After the colon. */
  readonly membersStart: number
  readonly members: readonly Word[]
  /** What is wrong, as in `expected …, got …`. */
  readonly fault?: string
}

/** A line that names a group. */
export type EntryLine = GroupLine & { readonly group: ByteString }

/** Whether a line names a group. */
export const isEntry = (line: GroupLine): line is EntryLine => line.group !== undefined

/** What is wrong with a line, in the form `expected …, got …`; undefined for a valid one. */
export function faultOf({ fault, members }: GroupLine): string | undefined {
  const [first] = members
  const isHash =
    members.length === 1 && /^[${]/.test(first?.name ?? '') && identify(first?.name ?? '') !== undefined
  return isHash ? 'expected a group file, with "group: user …", got a password file' : fault
}

// isspace(3) in the C locale, without the line feed that ends a line
const BLANKS: ReadonlySet<number> = new Set([9, 11, 12, 13, 32])

/** By hand: a regular expression that looks for blanks at the end takes the square of a long run of them elsewhere. */
function withoutBlanks(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && BLANKS.has(text.charCodeAt(start))) start++
  while (end > start && BLANKS.has(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

// quoted: a backslash escapes the quote and itself, everything else is literal (ap_getword_conf)
const WORD = /"(?:\\["\\]|[^"])*"?|'(?:\\['\\]|[^'])*'?|[^\t\v\f\r ]+/g

/** Reads all lines. The text has one Latin-1 character for each byte. */
export function* groupLines(bytes: Buffer): Generator<GroupLine> {
  const text = bytes.toString('latin1')
  let at = textStart(bytes)
  for (let line = 1; at < text.length; ) {
    const logical = joinContinued(text, at)
    yield readLine(logical, { line, start: at, end: logical.end })
    line += logical.pieces.length
    at = logical.end
  }
}

interface LogicalLine {
  readonly content: string
  readonly end: number
  /** Where each physical line begins, in the content and in the file. */
  readonly pieces: readonly { readonly at: number; readonly source: number }[]
}

/** A backslash directly before the newline continues the line: both go. At the end of the file it is an ordinary character. */
function joinContinued(text: string, start: number): LogicalLine {
  const pieces: { at: number; source: number }[] = []
  let content = ''
  for (let at = start; ; ) {
    pieces.push({ at: content.length, source: at })
    const lineFeed = text.indexOf('\n', at)
    if (lineFeed < 0) return { content: content + text.slice(at), end: text.length, pieces }
    const contentEnd = text[lineFeed - 1] === '\r' && lineFeed > at ? lineFeed - 1 : lineFeed
    const isContinued = contentEnd > at && text[contentEnd - 1] === '\\'
    content += text.slice(at, isContinued ? contentEnd - 1 : contentEnd)
    at = lineFeed + 1
    if (!isContinued || at === text.length) return { content, end: at, pieces }
  }
}

function readLine(
  { content, pieces }: LogicalLine,
  place: Pick<GroupLine, 'line' | 'start' | 'end'>,
): GroupLine {
  const trimmed = withoutBlanks(content)
  const none = { ...place, membersStart: place.end, members: [] }
  if (trimmed === '' || trimmed.startsWith('#')) return none
  if (content.includes('\0')) return { ...none, fault: 'expected text, got a NUL' }
  const colon = content.indexOf(':')
  if (colon < 0) return { ...none, fault: 'expected "group: user …", got a line without a colon' }
  const group = withoutBlanks(content.slice(0, colon)) as ByteString
  if (group === '') return { ...none, fault: 'expected a group before the colon, got none' }
  let piece = 0
  // called with growing indexes, so it goes through the pieces once
  const sourceOf = (index: number): number => {
    while ((pieces[piece + 1]?.at ?? Number.POSITIVE_INFINITY) <= index) piece++
    const { at, source } = pieces[piece] as LogicalLine['pieces'][number]
    return source + index - at
  }
  // Apache takes several colons for one
  let afterColon = colon + 1
  while (content[afterColon] === ':') afterColon++
  const membersStart = sourceOf(afterColon - 1) + 1
  const words = splitWords(content.slice(afterColon))
  const members = words.map(({ name, start, end }) => ({
    name,
    start: sourceOf(afterColon + start),
    end: sourceOf(afterColon + end - 1) + 1,
  }))
  const fault = words.find(word => word.fault !== undefined)?.fault
  const line = { ...place, group, membersStart, members }
  return fault === undefined ? line : { ...line, fault }
}

/** The words of a text that has one Latin-1 character for each byte, with the quotes and escapes of Apache's configuration. */
export function splitWords(text: string): (Word & { readonly fault?: string })[] {
  return [...text.matchAll(WORD)].map(({ 0: word, index }) => {
    const quote = /^["']/.exec(word)?.[0]
    const found = { name: nameOf(word, quote), start: index, end: index + word.length }
    if (quote === undefined || isClosed(word, quote)) return found
    return { ...found, fault: `expected a closing ${quote}, got the end of the line` }
  })
}

const isClosed = (word: string, quote: string): boolean => {
  const inner = word
    .slice(1)
    .replace(/\\["'\\]/g, pair => (pair[1] === quote || pair[1] === '\\' ? '' : pair))
  return inner.endsWith(quote)
}

/** The name that a word stands for. */
function nameOf(word: string, quote: string | undefined): ByteString {
  if (quote === undefined) return word.replaceAll('\\\\', '\\') as ByteString
  const inner = word.slice(1, isClosed(word, quote) ? -1 : undefined)
  return inner.replace(/\\(["'\\])/g, (pair, character) =>
    character === quote || character === '\\' ? character : pair,
  ) as ByteString
}

/** A name as a word. Quoted where it must be: a backslash at the end of a line would continue it. */
export const quoteWord = (name: ByteString): string =>
  /^["']|[\s\\]|^$/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : name
