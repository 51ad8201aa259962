// Reads the head of an app's response out of its text (RFC 9112), strictly: what is doubtful is an error.

/** The head of a final response, or of one that switches protocols. */
export interface ParsedHead {
  readonly status: number
  readonly reason: string
  /** Names and values in turn, as they came; Latin-1. */
  readonly headers: string[]
}

/** What came is no response, or could be read in two ways. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

// status-line = HTTP-version SP status-code SP [ reason-phrase ]   (RFC 9112 section 4; many leave the second SP out)
const STATUS_LINE = /^HTTP\/1\.[01] [1-9]\d\d(?=[ \r]|$)/
// field-name = token   (RFC 9110 section 5.6.2)
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// control characters but HTAB and the line ends, which are looked at on their own
export const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/

/**
 * The head and the minor version of HTTP/1. One pass, line by line: this is on the way of every response.
 *
 * @throws ProtocolError
 */
export function parseHead(text: string): { head: ParsedHead; minor: string } {
  if (CONTROL.test(text)) throw new ProtocolError('a head with control characters')
  let end = lineEnd(text, 0)
  if (!STATUS_LINE.test(text)) throw new ProtocolError('no HTTP/1 response')
  const headers: string[] = []
  const head = { status: Number(text.slice(9, 12)), reason: text.slice(13, end), headers }
  while (end < text.length) {
    const start = end + 2
    end = lineEnd(text, start)
    const colon = text.indexOf(':', start)
    const name = text.slice(start, colon)
    // also what begins with a space: obs-fold (RFC 9112 section 5.2)
    if (colon === -1 || colon > end || !FIELD_NAME.test(name))
      throw new ProtocolError('a line that is no header')
    headers.push(name, withoutBlanks(text, colon + 1, end))
  }
  return { head, minor: text[7] as string }
}

/** Where a line ends. A CR or LF that is no line end is refused: a second server could see lines there. */
export function lineEnd(text: string, start: number): number {
  const cr = text.indexOf('\r', start)
  const lf = text.indexOf('\n', start)
  if (cr === -1 ? lf !== -1 : lf !== cr + 1) throw new ProtocolError('a bare CR or LF')
  return cr === -1 ? text.length : cr
}

/** OWS around a value (RFC 9110 section 5.5), without a pattern that could take the square of its length. */
function withoutBlanks(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && (text[start] === ' ' || text[start] === '\t')) start++
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--
  return text.slice(start, end)
}
