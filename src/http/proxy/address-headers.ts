// The header fields that hold addresses. The client's address for the guard is rewritten to the app's own, and back.

/** Where a value holds addresses. */
type Form = 'whole' | 'in-brackets' | 'refresh'

/** The fields of requests and responses. */
const fields: readonly (readonly [name: string, direction: 'request' | 'response', form: Form])[] = [
  // apps such as Jupyter compare it with Host if Origin is missing, as in every GET
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
  // "5; url=/next"; "url=" and quotes around the address are optional
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

/** An absolute address: scheme and authority, and the rest. Browsers read `\` as `/`. */
const ABSOLUTE = /^((?:https?:)?\/\/)([^/\\?#]*)(.*)$/is

/** The app's own address, which is rewritten. */
export interface OwnAddress {
  readonly upstreamOrigin: string
  /** `/mlflow`, or empty. */
  readonly prefix: string
}

/**
 * Makes the function that turns an address of the app into a path on the guard, which is valid under any name and
 * scheme that the client uses (RFC 9110 section 10.2.2 allows a relative one). Other addresses stay.
 */
export function createClientAddress({ upstreamOrigin, prefix }: OwnAddress): (address: string) => string {
  const own = ownAuthorities(upstreamOrigin)
  return address => {
    const [, , authority, rest] = ABSOLUTE.exec(address) ?? []
    if (authority === undefined || rest === undefined)
      return address.startsWith('/') ? prefix + address : address
    if (!own.has(authority.toLowerCase())) return address
    const path = /^[/\\]/.test(rest) ? `/${rest.slice(1)}` : `/${rest}`
    // browsers drop tabs, and read "//x" or "/\x" as another host
    return prefix === '' && /^\/\t*[/\\]/.test(path) ? `/.${path}` : prefix + path
  }
}

/** The authorities that the app may use for itself: on loopback any of its names. */
function ownAuthorities(upstreamOrigin: string): ReadonlySet<string> {
  const { host, hostname, port } = new URL(upstreamOrigin)
  const names = loopbackNames(hostname).map(name => (port === '' ? name : `${name}:${port}`))
  return new Set([host, ...names])
}

/** All names of loopback if this is one of them, otherwise the name alone. */
export function loopbackNames(hostname: string): readonly string[] {
  const names = ['localhost', '127.0.0.1', '[::1]']
  return names.includes(hostname) ? names : []
}

/** Facts for rewriting a client's addresses to the app's; see `RequestHeaderFacts`. */
export interface UpstreamAddressFacts {
  /** Whether an origin, in lower case, is the guard's own for this client. */
  readonly isOwnOrigin: (origin: string) => boolean
  /** The app's own origin, as Host and X-Forwarded-Proto tell it. */
  readonly appOrigin: string
  readonly prefix: string
}

/** Rewrites an address of the guard to the app's: its origin, without the prefix. Others stay. */
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
