// The challenge that asks for a login (RFC 7617 section 2).

import { toByteString } from '../../bytes.ts'
import { HtpasswdError } from '../../errors.ts'

/**
 * The value of `WWW-Authenticate`: `Basic realm="…", charset="UTF-8"`.
 *
 * A realm beyond ASCII goes out as the bytes of UTF-8, one character each, as `node:http` and `Headers` take them.
 *
 * @throws HtpasswdError `ERR_OPTION` for a realm with a control character: a line end in it would be a header of its own.
 *
 * @example
 * ```js
 * import { formatChallenge } from 'htpasswd-kit'
 *
 * console.log(formatChallenge('the "lab"'))
 * ```
 *
 * ```text
 * Basic realm="the \"lab\"", charset="UTF-8"
 * ```
 */
export function formatChallenge(realm: string): string {
  if (typeof realm !== 'string' || /[\u0000-\u001f\u007f]/.test(realm)) {
    throw new HtpasswdError('ERR_OPTION', '"realm" expected text without control characters')
  }
  // quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE   (RFC 9110 section 5.6.4)
  const quoted = toByteString(realm).replace(/["\\]/g, '\\$&')
  return `Basic realm="${quoted}", charset="UTF-8"`
}
