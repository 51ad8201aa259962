// A password file on disk: lookups use its current content; update.ts makes all changes.
import type { HtpasswdDocument } from '../document/document.ts'
import { userRecords } from '../document/scan-lines.ts'
import type { HtpasswdError } from '../errors.ts'
import { hashPassword, verifyPassword } from '../hash/hash-password.ts'
import type { HashOptions, VerifyOptions } from '../hash/options.ts'
import { LiveDocument } from './live-document.ts'
import type { UpdateOptions } from './rewrite.ts'
import { updateFile } from './update.ts'
import type { WatchOptions } from './watch.ts'

/**
 * An open password file. Lookups use its current content on disk: after any program deletes a user or changes a password,
 * the old login fails at the next request. A lookup calls stat(2) once per turn of the event loop (about 2 µs) and reads
 * the file again if it has changed. This does not need `watch`.
 *
 * While the file is missing, unreadable or UTF-16, the users that were read last remain valid, and `error` has the reason.
 * While another program writes the file in place (Apache's htpasswd, an editor), an empty file or an incomplete last line
 * is ignored until the file has not been written for a second.
 *
 * @example
 * ```js
 * import { HtpasswdFile } from 'htpasswd-kit'
 *
 * await HtpasswdFile.update('users', document => document.set('bob', '!'), { create: true })
 * const file = await HtpasswdFile.open('users')
 * console.log(await file.setPassword('alice', 'wonderland', { cost: 10 }))
 * console.log(await file.verify('alice', 'wonderland'), file.users())
 * ```
 *
 * ```text
 * added
 * true [ 'bob', 'alice' ]
 * ```
 */
export class HtpasswdFile {
  /** The path that was given to `open`. */
  readonly path: string
  readonly #live: LiveDocument
  #reloaded = 0
  readonly #watches = new Set<Disposable>()

  private constructor(live: LiveDocument) {
    this.path = live.path
    this.#live = live
  }

  /**
   * Reads the file into memory, with an index: a look-up takes a few microseconds, however many users there are. A
   * relative path is resolved now; another working directory later makes no difference.
   *
   * @throws HtpasswdError `ERR_FILE_ACCESS` if it is missing or unreadable, `ERR_UTF16` if it is UTF-16 text.
   */
  static async open(path: string): Promise<HtpasswdFile> {
    return new HtpasswdFile(await LiveDocument.open(path))
  }

  /**
   * Changes a file so that nothing is ever lost: takes its lock, reads it, calls `change`, writes a new file beside it
   * and renames that onto it, with the old one's owner, mode, ACL and extended attributes. Readers see the old or the
   * new file, never half of one. A file that cannot be replaced without loss is written in place, after a recovery copy
   * was made. If a program without a lock writes the file in the meantime, `change` is called again on the new content.
   *
   * @param change edits the document; what it returns is returned. It may run more than once.
   * @throws HtpasswdError after which the file is unchanged, whatever the reason.
   */
  static update<T>(
    path: string,
    change: (document: HtpasswdDocument) => T | Promise<T>,
    options?: UpdateOptions,
  ): Promise<T> {
    return updateFile(path, change, options)
  }

  /** The number of users. */
  get size(): number {
    return this.#live.document.size
  }

  /**
   * Why the current content of the file cannot be used, so that the previous users stay in force; undefined if it can.
   */
  get error(): HtpasswdError | undefined {
    return this.#live.error
  }

  /** The names of all users, in file order. */
  users(): string[] {
    return this.#live.document.users()
  }

  /** The users with their stored hashes, in file order, one after the other: there may be a million. @internal */
  *records(): Generator<readonly [user: string, hash: string]> {
    yield* userRecords(this.#live.document.toBuffer())
  }

  /** The stored hashes of up to a thousand users, for an `Authenticator`; the same array until the file changes. */
  hashSample(): readonly string[] {
    return this.#live.hashSample()
  }

  /** The stored hash of a user; undefined for an unknown user. */
  get(user: string | Uint8Array): string | undefined {
    return this.#live.get(user)
  }

  /**
   * Whether this is the user's password. An unknown user, a locked or a damaged record is false.
   *
   * @throws HtpasswdError `ERR_HASH_LIMIT` for a record that would cost too much to check.
   */
  async verify(
    user: string | Uint8Array,
    password: string | Uint8Array,
    options?: VerifyOptions,
  ): Promise<boolean> {
    const hash = this.get(user)
    return hash !== undefined && verifyPassword(password, hash, options)
  }

  /** Hashes a password and writes it; a new user is added. */
  async setPassword(
    user: string | Uint8Array,
    password: string | Uint8Array,
    options?: HashOptions,
  ): Promise<'added' | 'updated'> {
    // hashed before the lock is taken, so that other writers need not wait for it
    return this.setHash(user, await hashPassword(password, options))
  }

  /** Writes a user's hash as it is; a new user is added. */
  setHash(user: string | Uint8Array, hash: string): Promise<'added' | 'updated'> {
    return this.#update(document => document.set(user, hash))
  }

  /** Removes a user from the file; false for an unknown user. */
  delete(user: string | Uint8Array): Promise<boolean> {
    return this.#update(document => document.delete(user))
  }

  async #update<T>(change: (document: HtpasswdDocument) => T): Promise<T> {
    const result = await updateFile(this.#live.location, change)
    this.#live.check()
    return result
  }

  /**
   * Waits until a program that is writing the file in place has come to an end, and says whether the file changed.
   * Look-ups do not need it: they answer from the file as it is on disk anyway.
   *
   * @returns whether it changed since it was opened or reloaded.
   * @throws HtpasswdError if it cannot be used: the reason that `error` has.
   */
  async reload(): Promise<boolean> {
    await this.#live.settle()
    const { version } = this.#live
    const isChanged = version !== this.#reloaded
    this.#reloaded = version
    return isChanged
  }

  /**
   * Calls `onChange` after others changed the file, and `onError` when it cannot be used any more: by the system's events,
   * and by a look every second, which works where no events come (network drives, no free inotify handle, a folder that
   * may not be listed). It does not keep the program alive. Dispose of what it returns, or of the file, to stop.
   */
  watch(options: WatchOptions = {}): Disposable {
    const watch = this.#live.watch(options)
    this.#watches.add(watch)
    return watch
  }

  /** Ends all watches. */
  close(): Promise<void> {
    return this[Symbol.asyncDispose]()
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const watch of this.#watches) watch[Symbol.dispose]()
    this.#watches.clear()
  }
}
