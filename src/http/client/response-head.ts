// Parses the head of a response (RFC 9112), strictly: what two parsers could read differently is an error.

/** The head of a final response, or of one that switches protocols. */
export interface ParsedHead {
  readonly status: number
  readonly reason: string
  /** Names and values in turn, as received; Latin-1. */
  readonly headers: string[]
}

/** The bytes are not an HTTP response, or an ambiguous one. The message contains none of the bytes. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

// status-line = HTTP-version SP status-code SP [ reason-phrase ]   (RFC 9112 section 4; many servers omit the second SP)
const STATUS_LINE = /^HTTP\/1\.[01] [1-9]\d\d(?=[ \r]|$)/
// field-name = token   (RFC 9110 section 5.6.2)
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// control characters other than HTAB, CR and LF; lineEnd checks CR and LF
export const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/

/**
 * The head, and the minor version of HTTP/1. One pass over the text, because every response goes through it.
 *
 * @throws ProtocolError
 */
export function parseHead(text: string): { head: ParsedHead; minor: string } {
  if (CONTROL.test(text)) throw new ProtocolError('control characters in the head')
  let end = lineEnd(text, 0)
  if (!STATUS_LINE.test(text)) throw new ProtocolError('the status line is not HTTP/1')
  const headers: string[] = []
  const head = { status: Number(text.slice(9, 12)), reason: text.slice(13, end), headers }
  while (end < text.length) {
    const start = end + 2
    end = lineEnd(text, start)
    const colon = text.indexOf(':', start)
    const name = text.slice(start, colon)
    // this also refuses obs-fold, a line that begins with a space (RFC 9112 section 5.2)
    if (colon === -1 || colon > end || !FIELD_NAME.test(name))
      throw new ProtocolError('a line that is no header field')
    headers.push(name, trimBlanks(text, colon + 1, end))
  }
  return { head, minor: text[7] as string }
}

/** Where a line ends. A lone CR or LF is refused, because another parser could end the line there. */
export function lineEnd(text: string, start: number): number {
  const cr = text.indexOf('\r', start)
  const lf = text.indexOf('\n', start)
  if (cr === -1 ? lf !== -1 : lf !== cr + 1) throw new ProtocolError('a CR or LF that is not part of CRLF')
  return cr === -1 ? text.length : cr
}

/**
 * The value without OWS around it (RFC 9110 section 5.5). A regular expression would take quadratic time for many
 * blanks.
 */
function trimBlanks(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && (text[start] === ' ' || text[start] === '\t')) start++
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--
  return text.slice(start, end)
}

const TLS_ALERT = Buffer.from([0x15, 0x03])

/**
 * Refuses the start of a head that cannot become valid. An upstream that waits after sending it, such as an SSH server,
 * would otherwise block the request for ever.
 *
 * A newline of LF alone is refused although RFC 9112 section 2.2 allows it: an app that strips CRLF from header values,
 * but not a lone LF, would have its header split here.
 *
 * @param searchFrom where a new line may begin that was not checked before.
 * @throws ProtocolError
 */
export function checkPartialHead(bytes: Buffer, start: number, searchFrom: number): void {
  if (bytes.subarray(start, start + 2).equals(TLS_ALERT))
    throw new ProtocolError('TLS instead of HTTP: the upstream needs an https URL')
  if (!'HTTP/'.startsWith(bytes.toString('latin1', start, start + 5)))
    throw new ProtocolError('the status line is not HTTP/1')
  // an empty line that is not CRLF twice
  if (bytes.includes('\n\n', searchFrom) || bytes.includes('\n\r\n', searchFrom))
    throw new ProtocolError('a newline of LF alone in the head, where HTTP needs CRLF')
}
