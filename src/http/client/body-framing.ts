// How long the body of a response is (RFC 9112 section 6.3), strictly: what two parsers could read differently is an error.
import { type ParsedHead, ProtocolError } from './response-head.ts'

export interface BodyFraming {
  /** The parser's state after the head; without a body it is `content-length`, of 0 bytes. */
  readonly state: 'content-length' | 'chunk-size' | 'until-close'
  readonly length: number
  /** Whether the connection can carry another response after this one. */
  readonly keepAlive: boolean
}

/**
 * Finds how the body is framed.
 *
 * @param minor the minor version of HTTP/1.
 * @param method of the request.
 * @throws ProtocolError if two parsers could find two ends of the body.
 */
export function bodyFraming({ status, headers }: ParsedHead, minor: string, method: string): BodyFraming {
  let length: string | undefined
  let coding: string | undefined
  let connection = ''
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase()
    const value = headers[i + 1] as string
    if (name === 'connection') connection += `,${value.toLowerCase()}`
    else if (name === 'content-length') {
      // Equal lengths are one length to every parser (RFC 9110 section 8.6), and only one is passed on.
      if (length !== undefined && length !== value) throw new ProtocolError('two Content-Length that differ')
      length = value
    } else if (name === 'transfer-encoding') coding = coding === undefined ? value : `${coding},${value}`
  }
  if (coding !== undefined) {
    // with a Content-Length too, two parsers could see two ends: response splitting (RFC 9112 section 6.3)
    if (length !== undefined) throw new ProtocolError('both Transfer-Encoding and Content-Length')
    if (minor === '0') throw new ProtocolError('Transfer-Encoding in HTTP/1.0')
    if (coding.toLowerCase() !== 'chunked') throw new ProtocolError('a Transfer-Encoding other than chunked')
  }
  if (length !== undefined && !/^\d{1,15}$/.test(length))
    throw new ProtocolError('a Content-Length that is not one number')
  const keepAlive = minor === '1' ? !/,\s*close\b/.test(connection) : /,\s*keep-alive\b/.test(connection)
  if (method === 'HEAD' || status === 204 || status === 304)
    return { state: 'content-length', length: 0, keepAlive }
  if (coding !== undefined) return { state: 'chunk-size', length: 0, keepAlive }
  if (length !== undefined) return { state: 'content-length', length: Number(length), keepAlive }
  return { state: 'until-close', length: 0, keepAlive: false }
}
