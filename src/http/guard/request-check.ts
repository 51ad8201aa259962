// Refuses requests that two servers could interpret differently (request smuggling).
import type { IncomingMessage } from 'node:http'

/** What is wrong with a request, in a sentence for its sender. */
export interface RequestError {
  readonly status: 400 | 405 | 501 | 505
  readonly text: string
}

// uri-host [ ":" port ]   (RFC 9110 section 7.2)
const HOST = /^[A-Za-z0-9._~!$&'()*+;=%-]*(:\d*)?$|^\[[0-9A-Fa-f:.]+\](:\d*)?$/

/**
 * Finds what is wrong with a request; undefined for a valid one.
 *
 * Node's parser in its strict mode has already refused Content-Length with Transfer-Encoding, two Content-Length, a space
 * before the colon, folded lines, bare LF and control characters (CVE-2023-25690). The server joins repeated headers, so
 * a second `Host` appears as a comma here.
 */
export function validateRequest(
  req: Pick<IncomingMessage, 'method' | 'url' | 'httpVersion' | 'headers'>,
): RequestError | undefined {
  const { headers, httpVersion, method } = req
  const target = req.url ?? ''
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    return { status: 505, text: 'This server speaks HTTP/1.1 only.' }
  if (method === 'TRACE' || method === 'CONNECT')
    return { status: 405, text: `The method ${method} is not supported.` }
  // absolute-form names a second host and asterisk-form names no path (RFC 9112 section 3.2)
  if (!target.startsWith('/')) return { status: 400, text: 'The request target must begin with a slash.' }
  // clients never send a fragment; a server that cuts it off serves another path (CVE-2026-41059)
  if (target.includes('#')) return { status: 400, text: 'The request target must not contain "#".' }
  if (headers.host !== undefined && !HOST.test(headers.host))
    return { status: 400, text: 'A request must have one valid Host header.' }
  const coding = headers['transfer-encoding']
  if (coding !== undefined && (httpVersion === '1.0' || coding.toLowerCase() !== 'chunked')) {
    // servers disagree on the framing of other codings, and of any coding in HTTP/1.0 (RFC 9112 section 6.1)
    return { status: 501, text: 'The only supported transfer coding is chunked, in HTTP/1.1.' }
  }
  return undefined
}
