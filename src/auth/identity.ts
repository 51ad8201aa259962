// The sender of a request: one shape for all kinds of credentials, so that none of them can skip a check.
import type { ByteString } from '../bytes.ts'

/** How a sender proved who they are. */
export type CredentialKind = 'password' | 'token' | 'session' | 'jwt'

/** The sender of a request, whose credentials were verified. */
export interface Identity {
  /** Tells an identity from a refusal, whose `ok` is false. */
  readonly ok: true
  /** The user's name as text. */
  readonly user: string
  /** The user's name as the bytes that were sent, one Latin-1 character for each byte. */
  readonly username: ByteString
  /** How the sender signed in. */
  readonly kind: CredentialKind
  /**
   * Groups that the credentials themselves name, such as a claim of an identity provider; a group file adds its own.
   */
  readonly groups: readonly string[]
  /** What the credentials allow, whatever else the user may do: everything, or only reading. */
  readonly scope: 'all' | 'read'
  /** What the access log shows beside the user, such as `token:3fK9aQ2x`. */
  readonly label?: string | undefined
  /**
   * Whether the user still exists with the same stored hash, and the credentials have neither expired nor been revoked.
   * Asked again while a response or a connection stays open.
   */
  isCurrent(): boolean
}
