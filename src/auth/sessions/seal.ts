// Signs and verifies the value of a session cookie: 1.KID.PAYLOAD.MAC
import {
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto'
import { decodeSession, encodeSession, type SessionData } from './session-data.ts'

const VERSION = '1'
// far beyond the longest payload that is issued; nothing longer is decoded
const MAX_VALUE = 4096
const VALUE = /^1\.([A-Za-z0-9_-]{8})\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/

/** A key, and the name by which cookies refer to it. */
export interface SessionKey {
  readonly id: string
  readonly key: KeyObject
}

/**
 * Derives the key of a secret (HKDF, RFC 5869). It never depends on a user's record alone: from a leaked password file
 * no cookie can be made (CVE-2018-15727).
 */
export function deriveKey(secret: string): SessionKey {
  const derive = (info: string, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', info, length))
  return {
    id: derive('htpasswd session v1 key id', 6).toString('base64url'),
    key: createSecretKey(derive('htpasswd session v1', 32)),
  }
}

/**
 * HMAC-SHA-256 over the cookie's name, the payload as it is written, and a digest of what the session is bound to. The
 * first two have no NUL, so the three cannot be divided in another way.
 *
 * @param binding the user's stored hash as it is now: after a change of it, no cookie issued before verifies.
 */
function macOf({ key }: SessionKey, name: string, payload: string, binding: string): string {
  const bound = createHash('sha256').update(binding, 'utf8').digest('base64url')
  return createHmac('sha256', key).update(`${VERSION}\0${name}\0${payload}\0${bound}`).digest('base64url')
}

/** The value of a cookie. */
export function seal(key: SessionKey, name: string, data: SessionData, binding: string): string {
  const payload = encodeSession(data).toString('base64url')
  return `${VERSION}.${key.id}.${payload}.${macOf(key, name, payload, binding)}`
}

/** What the value of a cookie says, and the key that made it, if it is one of these; undefined for anything else. */
export function unseal(
  keys: readonly SessionKey[],
  name: string,
  value: string,
  bindingOf: (data: SessionData) => string | undefined,
): { readonly session: SessionData; readonly key: SessionKey } | undefined {
  if (value.length > MAX_VALUE) return undefined
  const [, keyId, payload = '', mac = ''] = VALUE.exec(value) ?? []
  const key = keys.find(({ id }) => id === keyId)
  if (key === undefined) return undefined
  const session = decodeSession(Buffer.from(payload, 'base64url'))
  if (session === undefined) return undefined
  const binding = bindingOf(session)
  // also computed for an unknown user, so that the work is the same
  const expected = macOf(key, name, payload, binding ?? '')
  // compared as text, because base64url has several spellings of the same bytes
  const isRight = timingSafeEqual(Buffer.from(expected), Buffer.from(mac))
  return isRight && binding !== undefined ? { session, key } : undefined
}
