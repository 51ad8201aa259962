// A password file on disk: kept in memory for look-ups, followed when others change it, changed only through update.ts.
import { setTimeout as delay } from 'node:timers/promises'
import { checkDocument } from '../check/check-document.ts'
import type { Problem } from '../check/problem.ts'
import type { HtpasswdDocument } from '../document/document.ts'
import { parseHtpasswd } from '../document/document.ts'
import { HtpasswdError } from '../errors.ts'
import { type HashOptions, hashPassword, type VerifyOptions, verifyPassword } from '../hash/registry.ts'
import { currentStamp, readSnapshot } from './snapshot.ts'
import { type UpdateOptions, updateFile } from './update.ts'
import { type WatchOptions, watchPath } from './watch.ts'

/** A program that writes in place (Apache's, an editor) pauses less than this between its writes. */
const SETTLE_MILLISECONDS = 50
const SETTLE_ATTEMPTS = 100

/**
 * A password file, open for reading; its changes go to the disk at once.
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
  #document: HtpasswdDocument
  #stamp: string
  readonly #watches = new Set<Disposable>()

  private constructor(path: string, document: HtpasswdDocument, stamp: string) {
    this.path = path
    this.#document = document
    this.#stamp = stamp
  }

  /**
   * Reads the file into memory, with an index: a look-up takes less than a microsecond, however many users there are.
   *
   * @throws HtpasswdError `ERR_FILE_ACCESS` where it is missing or unreadable, `ERR_UTF16` where it is UTF-16 text.
   */
  static async open(path: string): Promise<HtpasswdFile> {
    const { document, stamp } = await load(path)
    return new HtpasswdFile(path, document, stamp)
  }

  /**
   * Changes a file so that nothing is ever lost: takes its lock, reads it, calls `change`, writes a new file beside it
   * and renames that onto it, with the old one's mode and owner. Readers see the old or the new file, never half of
   * one. Where a program that takes no lock wrote meanwhile, `change` is called again on what it left.
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
    return this.#document.size
  }

  /** What is wrong or doubtful in the file, with line numbers. */
  get problems(): readonly Problem[] {
    return [...checkDocument(this.#document)]
  }

  /** The names of all users, in file order. */
  users(): string[] {
    return this.#document.users()
  }

  /** The stored hash of a user; undefined for an unknown user. */
  get(user: string | Uint8Array): string | undefined {
    return this.#document.get(user)
  }

  /**
   * Whether this is the user's password. False for an unknown user, a locked or a damaged record.
   * It answers for the file as it was last read: see `reload` and `watch`.
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
    // hashed before the lock is taken: others need not wait for it
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
    const result = await updateFile(this.path, change)
    await this.reload()
    return result
  }

  /**
   * Reads the file again if somebody changed it.
   *
   * @returns whether it had changed.
   * @throws HtpasswdError where it cannot be read, or was cut to nothing in place (as by a program that is about to
   *   write it): what was read last then stays in use, and the next call tries again.
   */
  async reload(): Promise<boolean> {
    if (currentStamp(this.path) === this.#stamp) return false
    let { document, stamp } = await load(this.path)
    const inPlace = inodeOf(stamp) === inodeOf(this.#stamp)
    for (let attempt = 1; inPlace; attempt++) {
      await delay(SETTLE_MILLISECONDS)
      if (currentStamp(this.path) === stamp) break
      if (attempt === SETTLE_ATTEMPTS)
        throw new HtpasswdError('ERR_FILE_BUSY', `cannot read ${this.path}: it is still being written`)
      ;({ document, stamp } = await load(this.path))
    }
    if (inPlace && document.size === 0 && this.size > 0) {
      throw new HtpasswdError(
        'ERR_RECORD',
        `${this.path} was emptied in place; its last users stay valid until it is replaced or filled`,
      )
    }
    this.#document = document
    this.#stamp = stamp
    return true
  }

  /**
   * Follows changes that others make, by write or by rename: reloads, then calls `onChange`.
   * It does not keep the program alive. Dispose of what it returns, or of the file, to stop.
   */
  watch(options: WatchOptions = {}): Disposable {
    const watch = watchPath(this.path, () => this.reload(), options)
    this.#watches.add(watch)
    return watch
  }

  /** Ends all watches. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const watch of this.#watches) watch[Symbol.dispose]()
    this.#watches.clear()
  }
}

/** Device and inode: the same for a file written in place, another one after a rename. */
const inodeOf = (stamp: string): string => stamp.split(',', 2).join()

async function load(path: string): Promise<{ document: HtpasswdDocument; stamp: string }> {
  const snapshot = await readSnapshot(path)
  if (snapshot === undefined)
    throw new HtpasswdError('ERR_FILE_ACCESS', `cannot read ${path}: expected a file, got none`)
  const document = parseHtpasswd(snapshot.bytes)
  document.buildIndex()
  return { document, stamp: snapshot.stamp }
}
