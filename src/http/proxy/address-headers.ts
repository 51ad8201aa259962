// The header fields that hold addresses: what the client calls the guard's, the app has to see as its own, and back.

/** Where in a value the addresses are. */
type Form = 'whole' | 'in-brackets' | 'refresh'

/** One table for both directions. */
const fields: readonly (readonly [name: string, direction: 'request' | 'response', form: Form])[] = [
  // apps compare it with Host where Origin is missing, as in every GET: Jupyter
  ['referer', 'request', 'whole'],
  // WebDAV: RFC 4918 sections 10.3 and 10.4
  ['destination', 'request', 'whole'],
  ['if', 'request', 'in-brackets'],
  // RFC 9110 sections 10.2.2 and 8.7
  ['location', 'response', 'whole'],
  ['content-location', 'response', 'whole'],
  // RFC 8288 section 3
  ['link', 'response', 'in-brackets'],
  // HTML, "Refresh" header
  ['refresh', 'response', 'refresh'],
]

/** Rewrites all addresses in the value of one field. */
export type RewriteValue = (value: string, rewrite: (address: string) => string) => string

const forms: Readonly<Record<Form, RewriteValue>> = {
  whole: (value, rewrite) => rewrite(value),
  'in-brackets': (value, rewrite) => value.replace(/<([^<>]*)>/g, (_, address) => `<${rewrite(address)}>`),
  // "5; url=/next", with the address in quotes or not, and with "url=" or not
  refresh: (value, rewrite) =>
    value.replace(
      /^([\d.]+[\s;,]+(?:url\s*=\s*)?["']?)([^"']+)/i,
      (_, before, address) => `${before}${rewrite(address)}`,
    ),
}

const inDirection = (wanted: 'request' | 'response'): ReadonlyMap<string, RewriteValue> =>
  new Map(fields.flatMap(([name, direction, form]) => (direction === wanted ? [[name, forms[form]]] : [])))

/** By field name in lower case. */
export const requestAddresses = inDirection('request')
export const responseAddresses = inDirection('response')

/** Scheme and authority, and the rest; browsers read `\` as `/`. */
const ABSOLUTE = /^((?:https?:)?\/\/)([^/\\?#]*)(.*)$/is

/** What the app's addresses are rewritten from. */
export interface OwnAddress {
  readonly upstreamOrigin: string
  /** `/mlflow`, or empty. */
  readonly prefix: string
}

/**
 * Makes the function that turns an address of the app into a path on the guard, which holds under whatever name and
 * scheme the client knows the guard by (RFC 9110 section 10.2.2 allows a relative one). Other addresses stay.
 */
export function createClientAddress({ upstreamOrigin, prefix }: OwnAddress): (address: string) => string {
  const own = ownAuthorities(upstreamOrigin)
  return address => {
    const [, , authority, rest] = ABSOLUTE.exec(address) ?? []
    if (authority === undefined || rest === undefined)
      return address.startsWith('/') ? prefix + address : address
    if (!own.has(authority.toLowerCase())) return address
    const path = /^[/\\]/.test(rest) ? `/${rest.slice(1)}` : `/${rest}`
    // Browsers drop tabs, and "//x" or "/\x" alone would be another host.
    return prefix === '' && /^\/\t*[/\\]/.test(path) ? `/.${path}` : prefix + path
  }
}

/** The authorities under which the app may speak of itself: on loopback by any of its names. */
function ownAuthorities(upstreamOrigin: string): ReadonlySet<string> {
  const { host, hostname, port } = new URL(upstreamOrigin)
  const names = loopbackNames(hostname).map(name => (port === '' ? name : `${name}:${port}`))
  return new Set([host, ...names])
}

/** The names of loopback, where a name is one of them. */
export function loopbackNames(hostname: string): readonly string[] {
  const names = ['localhost', '127.0.0.1', '[::1]']
  return names.includes(hostname) ? names : []
}

/** How a client's addresses become the app's; see `RequestHeaderFacts`. */
export interface UpstreamAddressFacts {
  /** Whether an origin, in lower case, is the guard's as the client knows it. */
  readonly isOwnOrigin: (origin: string) => boolean
  /** The origin that the app takes for its own: what it is told in X-Forwarded-Proto, and Host. */
  readonly appOrigin: string
  readonly prefix: string
}

/** An address of the guard becomes the app's: its origin, without the prefix. Others stay. */
export function toUpstreamAddress(
  address: string,
  { isOwnOrigin, appOrigin, prefix }: UpstreamAddressFacts,
): string {
  const [, scheme, authority = '', rest = ''] = ABSOLUTE.exec(address) ?? []
  const path = scheme === undefined ? address : rest
  if (scheme !== undefined && !isOwnOrigin(`${scheme}${authority}`.toLowerCase())) return address
  if (!path.startsWith(`${prefix}/`) && !(scheme !== undefined && prefix === '')) return address
  return (scheme === undefined ? '' : appOrigin) + path.slice(prefix.length)
}
