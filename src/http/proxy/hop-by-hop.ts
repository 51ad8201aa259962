// The headers that are for one connection only and never go through a proxy (RFC 9110 section 7.6.1).

/**
 * Connection and its company, and what RFC 2616 called hop-by-hop. `Expect` is answered by the guard itself
 * (RFC 9110 section 10.1.1), `HTTP2-Settings` belongs to an upgrade that is not offered.
 */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * The further header names that a `Connection` header lists, in lower case; undefined for the usual `keep-alive`.
 *
 * They are dropped from what came in, before the guard adds its own: a list that names `X-Forwarded-For` must not take
 * the guard's away (CVE-2022-31813, CVE-2024-45410).
 */
export function connectionOptions(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || /^(keep-alive|close|upgrade)$/i.test(connection)) return undefined
  return new Set(connection.split(',').map(name => name.trim().toLowerCase()))
}
