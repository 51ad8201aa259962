// What an Authenticator takes and returns.
import type { Identity } from './identity.ts'

/**
 * A user name and a password: bytes as they were sent (RFC 7617 leaves the encoding open), or a string. A string may be
 * text, or a byte string, which has one Latin-1 character for each byte and is what `parseCredentials` returns.
 */
export interface Credentials<Bytes extends string | Uint8Array = string | Uint8Array> {
  /** Everything before the first colon. */
  readonly username: Bytes
  /** Everything after it; may be empty. */
  readonly password: Bytes
}

/** Why a login was refused. */
export type RefusalReason =
  /** No credentials were sent, or they could not be parsed. */
  | 'missing'
  /** Unknown user or wrong password; the response does not say which. */
  | 'rejected'
  /** A Bearer token or JWT that is malformed, unknown, expired or revoked. */
  | 'invalid-token'
  /** The session of the cookie has expired or was signed out. */
  | 'signed-out'
  /** Too many failures from this address or for this user name. */
  | 'throttled'
  /** Too many passwords are being verified. */
  | 'busy'
  /** The verification itself failed; `onError` got the error. */
  | 'fault'

/** An identity, or a refusal with the status to respond with (RFC 9110, RFC 6585). */
export type AuthResult =
  | Identity
  | {
      readonly ok: false
      readonly status: 401 | 429 | 500 | 503
      readonly reason: RefusalReason
      /** Seconds, with 429 and 503. */
      readonly retryAfter?: number
    }

/** RFC 9110 section 15.5.2, 15.6.1 and 15.6.4; RFC 6585 section 4. */
const statuses = {
  missing: 401,
  rejected: 401,
  'invalid-token': 401,
  'signed-out': 401,
  throttled: 429,
  busy: 503,
  fault: 500,
} as const

/** A refusal, with its status. */
export function refuse(reason: RefusalReason, retryAfter?: number): AuthResult {
  return { ok: false, status: statuses[reason], reason, ...(retryAfter !== undefined && { retryAfter }) }
}
