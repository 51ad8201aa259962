// What an Authenticator is asked and what it answers.

/** A user name and a password as they came: bytes, for neither is sure to be UTF-8. */
export interface Credentials {
  /** All in front of the first colon. */
  readonly username: Uint8Array
  /** All behind it; may be empty. */
  readonly password: Uint8Array
}

/** Why somebody was not let in. */
export type RefusalReason =
  /** No credentials came, or none that could be read. */
  | 'missing'
  /** Unknown user or wrong password; which of them is not told to anyone. */
  | 'rejected'
  /** Too many failures from this address or for this name. */
  | 'throttled'
  /** Too many passwords are being checked. */
  | 'busy'
  /** The check itself failed; the error went to `onError`. */
  | 'fault'

/** Let in, with the user's name as text and as it came. */
export interface Login {
  readonly ok: true
  readonly user: string
  readonly username: Uint8Array
  /** Whether the user still is there with the same stored hash: for what stays open after the check. */
  isCurrent(): boolean
}

/** Let in; or not, with the status of RFC 9110 and RFC 6585 to answer. */
export type AuthResult =
  | Login
  | {
      readonly ok: false
      readonly status: 401 | 429 | 500 | 503
      readonly reason: RefusalReason
      /** Seconds, with 429 and 503. */
      readonly retryAfter?: number
    }

/** RFC 9110 section 15.5.2, 15.6.1 and 15.6.4; RFC 6585 section 4. */
const statuses = { missing: 401, rejected: 401, throttled: 429, busy: 503, fault: 500 } as const

/** A refusal, with its status. */
export function refuse(reason: RefusalReason, retryAfter?: number): AuthResult {
  return { ok: false, status: statuses[reason], reason, ...(retryAfter !== undefined && { retryAfter }) }
}
