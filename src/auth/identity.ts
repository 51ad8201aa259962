// Who sent a request: the same shape for every kind of credentials, so that no kind can skip what another has to pass.
import type { ByteString } from '../bytes.ts'

/** How a sender proved who they are. */
export type CredentialKind = 'password' | 'token' | 'session' | 'jwt'

/** The sender of a request, whose credentials were verified. */
export interface Identity {
  readonly ok: true
  /** The user's name as text. */
  readonly user: string
  /** The user's name as the bytes that were sent, one Latin-1 character for each byte. */
  readonly username: ByteString
  readonly kind: CredentialKind
  /** Groups that the credentials themselves name, such as those of a provider's claim; a group file adds its own. */
  readonly groups: readonly string[]
  /** What the credentials are good for, whatever else the user may do: everything, or reading only. */
  readonly scope: 'all' | 'read'
  /** What the access log shows beside the user, such as `token:3fK9aQ2x`. */
  readonly label?: string | undefined
  /**
   * Whether the user still exists with the same stored hash, and the credentials have neither expired nor been revoked:
   * for responses that stay open after the login.
   */
  isCurrent(): boolean
}
