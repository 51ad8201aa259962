// Responds to bytes that could not be parsed as a request, says what was wrong, and ends the connection.
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { ignoreErrors } from '../proxy/upgrade.ts'

/** The error, for the client and for the access log. */
export interface MalformedRequest {
  readonly status: 400 | 405 | 408 | 413 | 431 | 501 | 505
  readonly text: string
  /** The parser's error code and message. */
  readonly cause?: string
}

/** An error of Node's parser, with the bytes that it read and its reason. */
interface ParserError extends NodeJS.ErrnoException {
  readonly reason?: string
  readonly bytesParsed?: number
  readonly rawPacket?: Buffer
}

/** Responses by the parser's error code; for any other code it is 400. */
const errors: ReadonlyMap<string, MalformedRequest> = new Map([
  ['HPE_HEADER_OVERFLOW', { status: 431, text: 'The request header is longer than 64 KiB.' }],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', { status: 413, text: 'The chunk extensions are too long.' }],
  ['ERR_HTTP_REQUEST_TIMEOUT', { status: 408, text: 'The request header did not arrive in time.' }],
  [
    'HPE_INVALID_URL',
    {
      status: 400,
      text: 'The address has characters that must be percent-encoded, such as %20 for a space and %C3%BC for u-umlaut.',
    },
  ],
  ['HPE_PAUSED_H2_UPGRADE', { status: 505, text: 'This server speaks HTTP/1.1 only.' }],
  ['HPE_INVALID_VERSION', { status: 400, text: 'The request line must end with HTTP/1.1.' }],
  ['HPE_INVALID_HEADER_TOKEN', { status: 400, text: 'A header field has a character that is not allowed.' }],
])

/** The response to plain HTTP on an HTTPS port. */
export const plainHttp: MalformedRequest = {
  status: 400,
  text: 'This port speaks HTTPS. Use an address that begins with https:// instead of http://.',
  cause: 'plain HTTP on the HTTPS port',
}

/** The response to CONNECT, which asks for a tunnel. */
export const connectMethod: MalformedRequest = { status: 405, text: 'The method CONNECT is not supported.' }

// method SP path SP HTTP-version   (RFC 9112 section 3)
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}) \/\S* HTTP\/1\.[01]\r?$/m

/** The method of the line in which the parser stopped, if that is a request line. */
function methodIn({ rawPacket, bytesParsed = 0 }: ParserError): string | undefined {
  const text = rawPacket?.toString('latin1') ?? ''
  const start = bytesParsed === 0 ? 0 : text.lastIndexOf('\n', bytesParsed - 1) + 1
  const end = text.indexOf('\n', start)
  return REQUEST_LINE.exec(text.slice(start, end === -1 ? undefined : end))?.[1]
}

/** Describes an error of Node's server; undefined if the connection broke without a request. */
export function describeParserError(error: ParserError): MalformedRequest | undefined {
  const { code = '', reason } = error
  const cause = reason === undefined ? code : `${code}: ${reason}`
  const known = errors.get(code)
  if (known !== undefined) return { ...known, cause }
  if (!code.startsWith('HPE_')) return undefined
  const method = code === 'HPE_INVALID_METHOD' ? methodIn(error) : undefined
  return method === undefined
    ? { status: 400, text: 'This is not a valid HTTP/1.1 request.', cause }
    : { status: 501, text: `The method ${method} is not supported.`, cause: `the method ${method}` }
}

/** The response as bytes. */
export function formatMalformedResponse({ status, text }: MalformedRequest): { head: string; body: string } {
  const phrase = STATUS_CODES[status] ?? ''
  const body = `${status} ${phrase}: ${text}\n`
  const head = `HTTP/1.1 ${status} ${phrase}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\n\r\n`
  return { head, body }
}

/**
 * Ends the connection with the response.
 *
 * @returns the bytes of its body; undefined where none was sent, because an earlier response was still being sent.
 */
export function rejectMalformedRequest(socket: Duplex, malformed: MalformedRequest): number | undefined {
  ignoreErrors(socket)
  if (!socket.writable) {
    // the last response was sent, and the connection was open only for the rest of a body that cannot come any more
    destroyLater(socket)
    return undefined
  }
  const { head, body } = formatMalformedResponse(malformed)
  // node:http keeps the response in progress here; bytes written into the middle of it would become part of its body
  const { _httpMessage: pending } = socket as { _httpMessage?: ServerResponse | null }
  if (!pending) end(socket, head + body)
  else if (pending.writableEnded) pending.once('finish', () => end(socket, ''))
  else socket.destroy()
  return pending ? undefined : body.length
}

function end(socket: Duplex, text: string): void {
  socket.end(text)
  destroyLater(socket)
}

/** Disconnects a client that keeps sending. */
function destroyLater(socket: Duplex): void {
  setTimeout(() => socket.destroy(), 1000).unref()
}
