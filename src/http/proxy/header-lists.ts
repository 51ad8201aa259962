// The header fields that a proxy does not pass on: hop-by-hop fields, and those that say who the client is.
import { toByteString } from '../../bytes.ts'
import { HtpasswdError } from '../../errors.ts'

/**
 * Fields for one connection only (RFC 9110 section 7.6.1), with those that RFC 2616 called hop-by-hop. The guard answers
 * `Expect` itself (RFC 9110 section 10.1.1); `HTTP2-Settings` belongs to an upgrade that is not offered.
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

/** Fields in which proxies tell an app who the client is; only the guard may set them. */
const identityNames: ReadonlySet<string> = new Set([
  'cf-connecting-ip',
  'client-ip',
  'fastly-client-ip',
  'forwarded',
  'forwarded-for',
  'proxy-client-ip',
  'true-client-ip',
  'wl-proxy-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-forwarded',
  'x-real-ip',
  'x-rewrite-url',
  // MLflow's second field for credentials
  'x-mlflow-authorization',
])

/** Prefixes of such fields, to which each proxy adds its own members, such as Remote-Groups or X-WebAuth-Role. */
const identityPrefixes = [
  'remote-',
  'x-auth-request-',
  'x-authenticated-',
  'x-forwarded-',
  'x-original-',
  'x-remote-',
  'x-webauth-',
]

/** @param name in lower case. */
export const isIdentityHeader = (name: string): boolean =>
  identityNames.has(name) || identityPrefixes.some(prefix => name.startsWith(prefix))

/**
 * Whether a name could be taken for another one. Behind CGI and WSGI, `-` and `_` are one character; lighttpd's CGI
 * turns everything but letters and digits into `_`, other servers do so with the dot. Such fields are dropped, as nginx
 * drops them by default (CVE-2025-64484, CVE-2026-33433, CVE-2026-39858, CVE-2026-54763).
 *
 * @param name in lower case.
 */
export const isUnderscoreAlias = (name: string): boolean => !/^[a-z0-9-]+$/.test(name)

/** A name as an app behind CGI sees it, in lower case with hyphens: names with the same result are aliases. */
export const withoutAliases = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '-')

/**
 * The field names that a `Connection` field lists, in lower case; undefined for the usual `keep-alive`.
 *
 * They are dropped from what was received, before the guard adds its own fields: a list that names `X-Forwarded-For` must
 * not remove the guard's (CVE-2022-31813, CVE-2024-45410).
 */
export function connectionOptions(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || /^(keep-alive|close|upgrade)$/i.test(connection)) return undefined
  return new Set(connection.split(',').map(name => name.trim().toLowerCase()))
}

const MAX_REMEMBERED_NAMES = 1000
const MAX_REMEMBERED_LENGTH = 64

/**
 * Remembers the rule for a field name, so that each name is put in lower case and looked up once. Bounded: clients use
 * a few dozen short names, and a hostile client must not fill the memory with others.
 */
export function memoizeByName<Rule>(ruleOf: (lowerCaseName: string) => Rule): (name: string) => Rule {
  const rules = new Map<string, Rule>()
  return name => {
    let rule = rules.get(name)
    if (rule === undefined) {
      rule = ruleOf(name.toLowerCase())
      if (name.length <= MAX_REMEMBERED_LENGTH && rules.size < MAX_REMEMBERED_NAMES) rules.set(name, rule)
    }
    return rule
  }
}

// field-name = token   (RFC 9110 section 5.6.2)
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const MEANINGFUL =
  /^(host|content-length|transfer-encoding|connection|authorization|origin|cookie|x-forwarded-(for|host|proto))$/i

/** @throws HtpasswdError `ERR_OPTION` for a name that is no field name, or has a meaning of its own. */
export const checkUserHeader = (name: string): string =>
  checkIdentityHeader('userHeader', 'X-Forwarded-User', name)

/** As `checkUserHeader`. */
export const checkGroupsHeader = (name: string): string =>
  checkIdentityHeader('groupsHeader', 'X-Forwarded-Groups', name)

function checkIdentityHeader(option: string, example: string, name: string): string {
  if (FIELD_NAME.test(name) && !MEANINGFUL.test(withoutAliases(name))) return name
  throw new HtpasswdError(
    'ERR_OPTION',
    `"${option}" expected a header name such as ${example}, without a meaning of its own, got ${JSON.stringify(name)}`,
  )
}

/** Groups as the value of a field. A name that would be read as two names, or that would end the field, is left out. */
export const groupsValue = (groups: readonly string[]): string =>
  groups
    .map(toByteString)
    .filter(name => name !== '' && isGroupInHeader(name))
    .join(',')

/** Whether a field with several groups can hold this name. */
export const isGroupInHeader = (name: string): boolean => !/[,\x00-\x1f\x7f]/.test(name)

/** @throws HtpasswdError `ERR_OPTION` for a name that is no field name, or without which no request works. */
export function checkDropHeader(name: string): string {
  if (FIELD_NAME.test(name) && !/^(host|content-length|transfer-encoding)$/i.test(name)) return name
  throw new HtpasswdError(
    'ERR_OPTION',
    `"dropHeaders" expected header names such as X-User-Role, got ${JSON.stringify(name)}`,
  )
}
