// Reads the credentials of HTTP Basic authentication (RFC 7617) out of a header.
import type { Credentials } from '../../auth/auth-result.ts'
import { type ByteString, toByteString } from '../../bytes.ts'

// credentials = "Basic" 1*SP token68        (RFC 7617 section 2, RFC 9110 section 11.4; the scheme in any case)
// token68 is base64 with its padding        (RFC 4648 section 4), the unused bits of the last character zero (3.5).
// Node's decoder accepts more; text that two decoders read differently is refused (CVE-2007-3946).
const BASIC =
  /^[Bb][Aa][Ss][Ii][Cc] +(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/

/**
 * Parses the value of an `Authorization` header with the scheme `Basic`.
 *
 * The result is bytes, one Latin-1 character for each, because RFC 7617 leaves the character encoding open. The first colon ends the name. Base64 with
 * wrong padding or stray bits is not accepted, nor is a name with control characters.
 *
 * @returns undefined where there is no header, another scheme, or no valid credentials.
 *
 * @example
 * ```js
 * import { parseCredentials } from 'htpasswd-kit'
 *
 * const credentials = parseCredentials(`Basic ${btoa('alice:wonderland')}`)
 * console.log(credentials?.username, credentials?.password.length)
 * ```
 *
 * ```text
 * alice 10
 * ```
 */
export function parseCredentials(header: string | undefined): Credentials<ByteString> | undefined {
  if (header === undefined || !BASIC.test(header)) return undefined
  const bytes = toByteString(Buffer.from(header.slice(header.lastIndexOf(' ') + 1), 'base64'))
  const colon = bytes.indexOf(':')
  if (colon === -1) return undefined
  const username = bytes.slice(0, colon) as ByteString
  // RFC 7617 section 2 allows no control characters in either part; the name is written to headers and logs
  if (/[\x00-\x1f\x7f]/.test(username)) return undefined
  return { username, password: bytes.slice(colon + 1) as ByteString }
}
