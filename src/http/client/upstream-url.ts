// Parses the URL of an upstream, for the guard's option and for `serve --upstream`, and derives what a connection, a
// header and a message need.
import { HtpasswdError } from '../../errors.ts'
import { readSocketName, socketName } from '../../platform/unix-socket.ts'

const EXAMPLE = 'http://127.0.0.1:5000'

/**
 * The URL of a server that requests can be forwarded to: `http:` or `https:`, a host, and nothing else; or `unix:` and the
 * path of a socket. The request target is the client's own, so a path would have no meaning.
 *
 * @param name the option as the caller wrote it, in front of the message; empty where the caller adds it.
 * @throws HtpasswdError `ERR_OPTION`; its message repeats neither user nor password.
 */
export function parseUpstreamUrl(given: string | URL, name = ''): URL {
  const text = given instanceof URL && given.protocol === 'unix:' ? nameOf(given) : String(given)
  try {
    const path = readSocketName(text)
    if (path !== undefined) return socketUrl(path)
  } catch (error) {
    throw new HtpasswdError('ERR_OPTION', `${name && `${name} `}${(error as Error).message}`)
  }
  const url = URL.canParse(text) ? new URL(text) : undefined
  const problem = problemOf(url, text)
  if (url !== undefined && problem === undefined) return url
  throw new HtpasswdError('ERR_OPTION', `${name && `${name} `}expected ${problem}`)
}

function problemOf(url: URL | undefined, given: string): string | undefined {
  const got = `got "${given.replace(/\/\/[^/@]*@/, '//')}"`
  // people type "127.0.0.1:5000" or "5000"; the URL parser takes "localhost:" for a scheme
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

const socketUrl = (path: string): URL => new URL(`unix:${path.split('/').map(encodeURIComponent).join('/')}`)

/** The path of the socket; undefined for a server with a host and a port. */
export const socketPathOf = ({ protocol, pathname }: URL): string | undefined =>
  protocol === 'unix:' ? decodeURIComponent(pathname) : undefined

/** The host to connect to: an IPv6 address without its brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

/** The URL's port, or its scheme's. */
export const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'https:' ? 443 : 80)

/** The target as an option of `net.connect`. */
export type ConnectTarget = { readonly path: string } | { readonly host: string; readonly port: number }

export function targetOf(url: URL): ConnectTarget {
  const path = socketPathOf(url)
  return path === undefined ? { host: hostOf(url), port: portOf(url) } : { path }
}

/** The upstream's name in messages: `http://127.0.0.1:5000`, `unix:/run/app.sock`. */
export function nameOf(url: URL): string {
  const path = socketPathOf(url)
  return path === undefined ? url.origin : socketName(path)
}

/** An app on a socket has no address; it gets the one that nginx's `$proxy_host` would be. */
const ON_SOCKET = new URL('http://localhost')

/** The app's own address: Host is its authority, and Origin its origin. */
export const ownAddressOf = (url: URL): Pick<URL, 'host' | 'origin'> =>
  socketPathOf(url) === undefined ? url : ON_SOCKET
