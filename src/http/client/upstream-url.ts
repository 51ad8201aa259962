// Reads the URL of an upstream: the one place that says what it may be, for the guard's option and for `serve --upstream`.
import { HtpasswdError } from '../../errors.ts'

const EXAMPLE = 'http://127.0.0.1:5000'

/**
 * The URL of a server that requests can be forwarded to: `http:` or `https:`, a host, and nothing else. The request
 * target is the client's own, so a path would have no meaning.
 *
 * @param name the option as the caller wrote it, in front of the message; empty where the caller adds it.
 * @throws HtpasswdError `ERR_OPTION`; its message repeats neither user nor password.
 */
export function parseUpstreamUrl(given: string | URL, name = ''): URL {
  const url = URL.canParse(String(given)) ? new URL(given) : undefined
  const problem = problemOf(url, String(given))
  if (url !== undefined && problem === undefined) return url
  throw new HtpasswdError('ERR_OPTION', `${name && `${name} `}expected ${problem}`)
}

function problemOf(url: URL | undefined, given: string): string | undefined {
  const got = `got "${given.replace(/\/\/[^/@]*@/, '//')}"`
  // "127.0.0.1:5000" and "5000" are what people type; WHATWG's URL takes "localhost:5000" for a scheme
  if (/^[\w.-]+:\d+$|^\d+$/.test(given)) {
    const meant = `http://${given.includes(':') ? given : `127.0.0.1:${given}`}`
    return `a URL such as ${EXAMPLE}, ${got}; did you mean ${meant}?`
  }
  if (url === undefined || !/^https?:$/.test(url.protocol)) return `a URL such as ${EXAMPLE}, ${got}`
  if (url.username !== '' || url.password !== '')
    return 'a URL without user and password, got one that has them'
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return `a URL without a path, such as ${url.origin}, ${got}; to serve the app below a path use a prefix`
  }
  return undefined
}

/** The host to connect to: of an IPv6 address without its brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

/** The URL's port, or its scheme's. */
export const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
