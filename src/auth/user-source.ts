// Where users come from: the smallest interface that a password file, a database or a test fits.

/**
 * Anything that returns the stored hash of a user, such as an `HtpasswdFile`.
 *
 * It is asked at every request and must answer from memory: what it answers counts at once, so a deleted user or a
 * changed password is out at the next request.
 */
export interface UserSource {
  /**
   * The stored hash (one Latin-1 character for each byte), or undefined for an unknown user. The name is text if its
   * bytes are UTF-8, otherwise the bytes.
   */
  get(username: string | Uint8Array): string | undefined
  /** The user names; with them an unknown user takes as long as a known one. */
  users?(): Iterable<string>
  /**
   * The stored hashes of up to a thousand users, in place of `users`: the same array as long as no user changed. It must
   * return at once, also for a million users.
   */
  hashSample?(): readonly string[]
}

/** A function that returns the stored hash of a user, where the users cannot be listed. */
export type UserLookup = (username: string | Uint8Array) => string | undefined

/** Both forms of a source as one. */
export const toUserSource = (source: UserSource | UserLookup): UserSource =>
  typeof source === 'function' ? { get: source } : source
