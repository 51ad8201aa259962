// Which headers tell an app who the client is; only the guard may set them.
import { HtpasswdError } from '../../errors.ts'

const names: ReadonlySet<string> = new Set([
  'cf-connecting-ip',
  'client-ip',
  'fastly-client-ip',
  'forwarded',
  'remote-addr',
  'remote-user',
  'true-client-ip',
  'x-authenticated-user',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-host',
  'x-original-url',
  'x-real-ip',
  'x-remote-addr',
  'x-remote-user',
  'x-rewrite-url',
  'x-webauth-user',
  // MLflow's second place for credentials; what it held has been checked here
  'x-mlflow-authorization',
])

const prefixes = /^(x-forwarded-|x-auth-request-|x-remote-|x-authenticated-)/

/**
 * Whether a header speaks of who the client is, in any spelling that an app could take for it: CGI and WSGI read `_`
 * and `-` as one, others the dot (CVE-2025-64484, CVE-2026-33433, CVE-2026-54763).
 *
 * @param name in lower case.
 */
export function isIdentityHeader(name: string, userHeader?: string): boolean {
  const plain = name.replace(/[_.]/g, '-')
  return names.has(plain) || prefixes.test(plain) || plain === userHeader
}

/** A spelling with `_` or `.` of a header that means something to a proxy: `Content_Length`, `Transfer.Encoding`. */
export function isDisguised(name: string, meaningful: ReadonlySet<string>): boolean {
  return /[_.]/.test(name) && meaningful.has(name.replace(/[_.]/g, '-'))
}

/** @throws HtpasswdError `ERR_OPTION` for a name that is no header name or has another meaning. */
export function checkUserHeader(name: string): string {
  // field-name = token (RFC 9110 section 5.6.2)
  const taken =
    /^(host|content-length|transfer-encoding|connection|authorization|origin|cookie|x-forwarded-(for|proto))$/i
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) || taken.test(name)) {
    throw new HtpasswdError(
      'ERR_OPTION',
      `"userHeader" expected the name of a header of its own, got ${JSON.stringify(name)}`,
    )
  }
  return name
}
