// Where users come from: a password file, a list in memory, or a function that asks a database.
import { HtpasswdError } from '../errors.ts'
import { describeHash } from '../hash/describe.ts'
import { LiveDocument } from '../store/live-document.ts'

/** The stored hash of a user; undefined or null for an unknown user. */
export type StoredHashOf = string | null | undefined

/**
 * Anything that returns the stored hash of a user, such as an `HtpasswdFile`. It is asked at every request, so a
 * deleted user or a changed password is refused at the next request. A synchronous answer costs nothing; a promise
 * delays every request.
 */
export interface UserSource {
  /**
   * The stored hash (one Latin-1 character for each byte); undefined or null for an unknown user. The name is text if its
   * bytes are UTF-8, otherwise the bytes.
   */
  get(username: string | Uint8Array): StoredHashOf | PromiseLike<StoredHashOf>
  /** The user names. Dummy hashes are chosen from their records, so that an unknown user takes as long as a known one. */
  users?(): Iterable<string>
  /**
   * The stored hashes of up to a thousand users, in place of `users`: the same array as long as no user has changed. It
   * must return at once, even for a million users.
   */
  hashSample?(): readonly string[]
}

/** A source that answers synchronously, such as a password file, for callers that cannot wait for a database. */
export interface MemorySource extends UserSource {
  get(username: string | Uint8Array): StoredHashOf
}

/** A function that returns the stored hash of a user, or a promise of it, such as a query of a database. */
export type UserLookup = (username: string) => StoredHashOf | PromiseLike<StoredHashOf>

// A Map is a UserSource to TypeScript: named in the union it would leave a function `get` without types of parameters.
/**
 * The users of an `Authenticator`: an `HtpasswdFile` or another `UserSource`, a function, or names with their stored
 * hashes in a Map or an object. The last two are looked up at each request, so what a program changes in them counts.
 *
 * @example
 * ```js
 * import { Authenticator, hashPassword } from 'htpasswd-kit'
 *
 * const ann = await hashPassword('wonderland', { cost: 10 })
 * const table = new Map([['ann', ann]])
 * const authenticators = [
 *   new Authenticator({ ann }),
 *   new Authenticator(table),
 *   new Authenticator(async name => table.get(name)),
 * ]
 * for (const authenticator of authenticators) {
 *   const { ok } = await authenticator.authenticate({ username: 'ann', password: 'wonderland' })
 *   await authenticator.close()
 *   console.log(ok)
 * }
 * ```
 *
 * ```text
 * true
 * true
 * true
 * ```
 */
export type Users = UserSource | UserLookup | Readonly<Record<string, string>>

/**
 * Makes a source of any form of users. @throws HtpasswdError `ERR_OPTION` for anything else, and for a name in memory
 * whose value is not a stored hash.
 */
export function toUserSource(users: Users): UserSource {
  if (typeof users === 'function')
    return { get: name => (typeof name === 'string' ? users(name) : undefined) }
  if (users instanceof Map) {
    const map: ReadonlyMap<string, string> = users
    checkHashes(map)
    return { get: name => map.get(String(name)), users: () => map.keys() }
  }
  if (isSource(users)) return users
  if (!isRecord(users)) throw new HtpasswdError('ERR_OPTION', `users expected ${KINDS}, got ${kindOf(users)}`)
  checkHashes(Object.entries(users))
  return {
    // own names only: "constructor" is not a user
    get: name => (Object.hasOwn(users, String(name)) ? users[String(name)] : undefined),
    users: () => Object.keys(users),
  }
}

/**
 * The users of a password file as it is on disk at each request.
 *
 * @param report gets the reason, once, when the file cannot be used any more and the users read last stay in force.
 * @throws HtpasswdError as `HtpasswdFile.open`.
 */
export function openUserSource(path: string, report: (error: unknown) => void): UserSource {
  if (typeof path !== 'string' || path === '')
    throw new HtpasswdError('ERR_OPTION', `"file" expected the path of a password file, got ${kindOf(path)}`)
  const live = LiveDocument.openSync(path)
  let reported: string | undefined
  return {
    get(name) {
      const { error } = live
      if (error !== undefined && error.message !== reported) report(error)
      reported = error?.message
      return live.get(name)
    },
    hashSample: () => live.hashSample(),
  }
}

const KINDS = "an HtpasswdFile, a function, a Map or an object such as { ann: '$2y$…' }"

const isSource = (users: unknown): users is UserSource =>
  typeof users === 'object' && users !== null && typeof (users as UserSource).get === 'function'

function isRecord(users: unknown): users is Readonly<Record<string, string>> {
  if (typeof users !== 'object' || users === null) return false
  const prototype: unknown = Object.getPrototypeOf(users)
  return prototype === Object.prototype || prototype === null
}

/** The type of a value for a message; not the value, which could be a password. */
function kindOf(value: unknown): string {
  if (typeof value === 'string') return "a string; for a password file: Authenticator.fromFile('users')"
  if (value instanceof Promise) return 'a promise; await it first'
  if (Array.isArray(value)) return 'an array'
  return value === null || typeof value !== 'object' ? String(typeof value) : 'another object'
}

/**
 * Rejects passwords that were given instead of hashes, at the start: otherwise every login would fail without a reason.
 */
function checkHashes(users: Iterable<readonly [string, unknown]>): void {
  for (const [name, hash] of users) {
    const { state } = typeof hash === 'string' ? describeHash(hash) : { state: typeof hash }
    if (state === 'usable' || state === 'locked' || state === 'service-account' || state === 'empty') continue
    const found = state === 'plaintext' ? 'plain text' : state === 'unknown' ? 'an unknown format' : state
    throw new HtpasswdError(
      'ERR_OPTION',
      `users expected a stored hash such as '$2y$…' for ${JSON.stringify(name)}, got ${found}; hashPassword makes one`,
    )
  }
}
