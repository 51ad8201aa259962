// The header fields sent to the client: the app's, with its own addresses rewritten to those that the client knows.
import {
  createClientAddress,
  loopbackNames,
  type OwnAddress,
  type RewriteValue,
  responseAddresses,
} from './address-headers.ts'
import { connectionOptions, hopByHop, memoizeByName } from './header-lists.ts'

/** The response header for the client, and the length of the body. */
interface ResponseHeader {
  readonly headers: string[]
  /** Bytes of the body; undefined if the app did not give the number. */
  readonly contentLength: number | undefined
}

/**
 * Writes the header of one response.
 *
 * @param raw names and values in turn, as the app sent them.
 * @param allowedOrigin the request's Origin, where it is an allowed one.
 */
export type ResponseHeaderWriter = (
  raw: readonly string[],
  allowedOrigin: string | undefined,
  status: number,
) => ResponseHeader

type Rule = 'keep' | 'drop' | 'set-cookie' | 'content-length' | 'connection' | 'cors' | RewriteValue

/** Fields with a rule of their own; hop-by-hop fields are dropped, others kept. */
const ruleByName: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...[...hopByHop].map(name => [name, 'drop'] as const),
  ...responseAddresses,
  ['connection', 'connection'],
  ['set-cookie', 'set-cookie'],
  ['content-length', 'content-length'],
  ['access-control-allow-origin', 'cors'],
  ['access-control-allow-credentials', 'cors'],
  // Alt-Svc offers other servers for the origin, which is the guard's: a browser would bypass the guard (RFC 7838
  // section 2.1).
  ['alt-svc', 'drop'],
  ['alternate-protocol', 'drop'],
])

/** Makes the writer of response headers. */
export function responseHeaderWriter(own: OwnAddress): ResponseHeaderWriter {
  const rewriteLocation = createClientAddress(own)
  const rewriteCookie = createCookieRewriter(own)
  const ruleOf = memoizeByName<Rule>(name => ruleByName.get(name) ?? 'keep')
  return (raw, allowedOrigin, status) => {
    const headers: string[] = []
    let contentLength: number | undefined
    const listed = connectionOptions(connectionOf(raw, ruleOf))
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i] as string
      const value = raw[i + 1] as string
      const rule = ruleOf(name)
      if (rule === 'drop' || rule === 'connection' || listed?.has(name.toLowerCase())) continue
      if (rule === 'keep') headers.push(name, value)
      else if (rule === 'content-length') {
        // 204 and 101 may not have one (RFC 9110 section 8.6): a client would wait for a body
        if (status !== 204 && status !== 101) contentLength = Number(value)
      } else if (rule === 'set-cookie') headers.push(name, rewriteCookie(value))
      else if (rule === 'cors') {
        // for allowed origins the guard sets it; otherwise the app's value is kept, unless it names the app's own
        // address
        if (allowedOrigin === undefined && value !== own.upstreamOrigin) headers.push(name, value)
      } else headers.push(name, rule(value, rewriteLocation))
    }
    if (allowedOrigin !== undefined) {
      headers.push('Access-Control-Allow-Origin', allowedOrigin, 'Access-Control-Allow-Credentials', 'true')
      headers.push('Vary', 'Origin')
    }
    // last, because node:http refuses a Content-Disposition with bytes beyond ASCII once it has seen the length
    if (contentLength !== undefined) headers.push('Content-Length', String(contentLength))
    return { headers, contentLength }
  }
}

function connectionOf(raw: readonly string[], ruleOf: (name: string) => Rule): string | undefined {
  let all: string | undefined
  for (let i = 0; i < raw.length; i += 2) {
    if (ruleOf(raw[i] as string) !== 'connection') continue
    const value = raw[i + 1] as string
    all = all === undefined ? value : `${all},${value}`
  }
  return all
}

/**
 * Makes the function that turns a cookie of the upstream's host into one of the host that the client knows, and moves its
 * path below the prefix (RFC 6265 section 4.1.2). A `__Host-` cookie keeps its path, which has to be `/` (RFC 6265bis
 * section 4.1.3.2).
 */
function createCookieRewriter({ upstreamOrigin, prefix }: OwnAddress): (cookie: string) => string {
  const { hostname } = new URL(upstreamOrigin)
  const own = new Set([hostname, ...loopbackNames(hostname)])
  return cookie => {
    const [pair = '', ...attributes] = cookie.split(';')
    const movesPath = prefix !== '' && !/^\s*__host-/i.test(pair)
    const rewritten = attributes.flatMap(attribute => {
      const at = attribute.indexOf('=')
      const name = attribute.slice(0, Math.max(at, 0)).trim().toLowerCase()
      const value = attribute.slice(at + 1).trim()
      if (name === 'domain' && own.has(value.replace(/^\./, '').toLowerCase())) return []
      if (name === 'path' && movesPath && value.startsWith('/'))
        return [`${attribute.slice(0, at)}=${prefix}${value}`]
      return [attribute]
    })
    return [pair, ...rewritten].join(';')
  }
}
