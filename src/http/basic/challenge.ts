// The challenge that asks a client to log in (RFC 7617 section 2).

import { toByteString } from '../../bytes.ts'
import { HtpasswdError } from '../../errors.ts'

/**
 * The value of `WWW-Authenticate`: `Basic realm="…", charset="UTF-8"`.
 *
 * A realm beyond ASCII is sent as UTF-8, one character a byte, which is the form that `node:http` and `Headers` take.
 *
 * @param realm what the login prompt may show.
 * @throws HtpasswdError `ERR_OPTION` for a realm with a control character: a newline in it would begin another header.
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
  return `Basic realm=${quotedString(realm)}, charset="UTF-8"`
}

/** The challenge for tokens (RFC 6750 section 3); browsers open no dialog for it. */
export const formatBearerChallenge = (realm: string): string => `Bearer realm=${quotedString(realm)}`

function quotedString(realm: string): string {
  if (typeof realm !== 'string' || /[\u0000-\u001f\u007f]/.test(realm)) {
    throw new HtpasswdError('ERR_OPTION', '"realm" expected text without control characters')
  }
  // quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE   (RFC 9110 section 5.6.4)
  return `"${toByteString(realm).replace(/["\\]/g, '\\$&')}"`
}
