// The headers that come down from the app: its own, with its loopback addresses mended to what the client sees.
import { connectionOptions, hopByHop } from './hop-by-hop.ts'

/** How a guard writes response headers; fixed for its life. */
export interface ResponseHeaderOptions {
  readonly upstreamOrigin: string
  /** `/mlflow`, or empty. */
  readonly prefix: string
}

/** A header block on its way down, and what the body's sender has to know. */
export interface ResponseHead {
  readonly headers: string[]
  /** Bytes of the body, where the app said so. */
  readonly contentLength: number | undefined
}

type Rule = 'keep' | 'drop' | 'location' | 'set-cookie' | 'content-length' | 'cors'

const special: Readonly<Record<string, Rule>> = {
  location: 'location',
  'content-location': 'location',
  'set-cookie': 'set-cookie',
  'content-length': 'content-length',
  'access-control-allow-origin': 'cors',
  'access-control-allow-credentials': 'cors',
}

const MAX_REMEMBERED_NAMES = 1000

/**
 * Makes the function that writes a response's headers.
 *
 * @returns it takes the names and values of the app's head, where the request came from an allowed origin that origin,
 *   and the status.
 */
export function createResponseHeaders({ upstreamOrigin, prefix }: ResponseHeaderOptions) {
  const mendLocation = createLocationMender(upstreamOrigin, prefix)
  const rules = new Map<string, Rule>()
  const ruleOf = (name: string): Rule => {
    let rule = rules.get(name)
    if (rule === undefined) {
      const lower = name.toLowerCase()
      rule = hopByHop.has(lower) ? 'drop' : (special[lower] ?? 'keep')
      if (rules.size < MAX_REMEMBERED_NAMES) rules.set(name, rule)
    }
    return rule
  }
  return (raw: readonly string[], allowedOrigin: string | undefined, status: number): ResponseHead => {
    const headers: string[] = []
    let contentLength: number | undefined
    const listed = connectionOptions(connectionOf(raw))
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i] as string
      const value = raw[i + 1] as string
      const rule = ruleOf(name)
      if (rule === 'drop' || listed?.has(name.toLowerCase())) continue
      if (rule === 'content-length') {
        // RFC 9110 section 8.6: neither may have one, and whoever believed it would wait for a body
        if (status !== 204 && status !== 101) contentLength = Number(value)
      } else if (rule === 'location') headers.push(name, mendLocation(value))
      else if (rule === 'set-cookie') headers.push(name, mendCookie(value, upstreamOrigin, prefix))
      else if (rule !== 'cors' || keepsCors(value, allowedOrigin, upstreamOrigin)) headers.push(name, value)
    }
    if (allowedOrigin !== undefined) {
      headers.push('Access-Control-Allow-Origin', allowedOrigin, 'Access-Control-Allow-Credentials', 'true')
      headers.push('Vary', 'Origin')
    }
    // at the end, for node:http refuses a Content-Disposition with bytes beyond ASCII once it has seen the length
    if (contentLength !== undefined) headers.push('Content-Length', String(contentLength))
    return { headers, contentLength }
  }
}

function connectionOf(raw: readonly string[]): string | undefined {
  let all: string | undefined
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue
    const value = raw[i + 1] as string
    all = all === undefined ? value : `${all},${value}`
  }
  return all
}

/** For an allowed origin the guard speaks itself; else the app's word stands, unless it names the app's own address. */
const keepsCors = (value: string, allowedOrigin: string | undefined, upstreamOrigin: string): boolean =>
  allowedOrigin === undefined && value !== upstreamOrigin

/**
 * An address of the upstream becomes a path on the guard (RFC 9110 section 10.2.2 allows a relative one): right under
 * whatever name and scheme the client came.
 */
function createLocationMender(upstreamOrigin: string, prefix: string) {
  const authority = upstreamOrigin.slice(upstreamOrigin.indexOf('://') + 3)
  const port = /:\d+$/.exec(authority)?.[0] ?? ''
  const loopback = /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(authority)
    ? [`localhost${port}`, `127.0.0.1${port}`]
    : []
  const own = new Set([authority, ...loopback])
  return (location: string): string => {
    const [, found, rest] = /^(?:https?:)?\/\/([^/?#]*)(.*)$/is.exec(location) ?? []
    if (found !== undefined && rest !== undefined) {
      if (!own.has(found.toLowerCase())) return location
      const path = rest.startsWith('/') ? rest : `/${rest}`
      // "//x" alone would be another host
      return prefix === '' && path.startsWith('//') ? `/.${path}` : prefix + path
    }
    return location.startsWith('/') ? prefix + location : location
  }
}

/**
 * A cookie for the upstream's host becomes one for the host that the client asked; below a prefix its path moves along
 * (RFC 6265 section 4.1.2).
 */
function mendCookie(cookie: string, upstreamOrigin: string, prefix: string): string {
  const host = new URL(upstreamOrigin).hostname
  return cookie
    .split(';')
    .filter((part, i) => {
      const domain = i === 0 ? undefined : /^\s*domain\s*=\s*\.?([^\s]*)\s*$/i.exec(part)?.[1]?.toLowerCase()
      return domain !== host && !(domain === 'localhost' && host === '127.0.0.1')
    })
    .map((part, i) => {
      const path = i === 0 || prefix === '' ? undefined : /^(\s*path\s*=\s*)(\/.*)$/i.exec(part)
      return path === null || path === undefined ? part : `${path[1]}${prefix}${path[2]}`
    })
    .join(';')
}
