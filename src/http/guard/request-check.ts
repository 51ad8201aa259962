// Refuses requests that two servers could read in two ways; what is left is read by both alike.
import type { IncomingMessage } from 'node:http'

/** Why a request is refused, for its sender. */
export interface RequestError {
  readonly status: 400 | 405 | 501 | 505
  readonly text: string
}

/** A request of a browser or client passes all of these with one look at each. */
const HOST = /^[A-Za-z0-9._~!$&'()*+;=%-]*(:\d*)?$|^\[[0-9A-Fa-f:.]+\](:\d*)?$/

/**
 * What is wrong with a request, or undefined.
 *
 * Node's parser, in its strict mode, has refused before: Content-Length with Transfer-Encoding, two Content-Length, a
 * space before the colon, folded lines, bare LF, control characters (CVE-2023-25690 and its kin). The server joins
 * repeated headers, so a second `Host` shows as a comma here.
 */
export function validateRequest(
  req: Pick<IncomingMessage, 'method' | 'url' | 'httpVersion' | 'headers'>,
): RequestError | undefined {
  const { headers, httpVersion, method } = req
  const target = req.url ?? ''
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    return { status: 505, text: 'Only HTTP/1.1 is spoken here.' }
  if (method === 'TRACE' || method === 'CONNECT') return { status: 405, text: `${method} is not served.` }
  // absolute-form names a second host, asterisk-form none (RFC 9112 section 3.2); an app could believe either
  if (!target.startsWith('/')) return { status: 400, text: 'The request target has to begin with a slash.' }
  // a fragment never goes over the wire; a server that cuts it off serves another path (CVE-2026-41059)
  if (target.includes('#')) return { status: 400, text: 'The request target must not hold "#".' }
  if (headers.host !== undefined && !HOST.test(headers.host))
    return { status: 400, text: 'One valid Host is needed.' }
  const coding = headers['transfer-encoding']
  if (coding !== undefined && (httpVersion === '1.0' || coding.toLowerCase() !== 'chunked')) {
    // RFC 9112 section 6.1: other codings than chunked, or any in HTTP/1.0, are where framings part ways
    return { status: 501, text: 'The only transfer coding served is chunked, in HTTP/1.1.' }
  }
  return undefined
}
