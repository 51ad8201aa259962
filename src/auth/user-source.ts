// Where users come from: the smallest interface that a password file, a database or a test fits.

/**
 * Anything that knows the stored hash of a user. An `HtpasswdFile` is one.
 *
 * It is asked at every request and must answer from memory: what it answers counts at once, so a deleted user or a
 * changed password is out at the next request.
 */
export interface UserSource {
  /**
   * The stored hash (a Latin-1 string: one character a byte), or undefined for an unknown user. The name is text where
   * its bytes are UTF-8, else the bytes themselves.
   */
  get(username: string | Uint8Array): string | undefined
  /** The names; with them a wrong name costs the same work as the names that are there. */
  users?(): Iterable<string>
}

/** A bare lookup, where the names cannot be listed. */
export type UserLookup = (username: string | Uint8Array) => string | undefined

/** Both forms of a source as one. */
export const toUserSource = (source: UserSource | UserLookup): UserSource =>
  typeof source === 'function' ? { get: source } : source
