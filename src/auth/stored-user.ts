// Finds the record that credentials name, and checks it again while a stream of its user is open.
import { type ByteString, fromByteString, isAscii, textOf, toByteString } from '../bytes.ts'
import { HtpasswdError } from '../errors.ts'
import type { CredentialKind, Identity } from './identity.ts'
import { spellingsOf } from './spellings.ts'
import type { StoredHashOf, UserSource } from './user-source.ts'

/**
 * A string with one byte per character is a byte string. Any other is text, such as one from a program, and is encoded
 * as UTF-8.
 */
export const bytesOf = (value: string | Uint8Array): ByteString =>
  typeof value === 'string' && (isAscii(value) || !/[^\x00-\xff]/.test(value))
    ? (value as ByteString)
    : toByteString(value)

/** The user that credentials name. */
export interface FoundUser {
  /** The name as the source spells it; for an unknown user, composed UTF-8. */
  readonly username: ByteString
  /** The name as text. */
  readonly user: string
  /** Undefined for an unknown user. */
  readonly storedHash: string | undefined
}

/** Whether a source returned a promise; the query builder of a database library is only a thenable. */
export const isPending = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'

/** Looks a name up in all its spellings, so that all of them are one user to the app and one name to the throttle. */
export function findUser(
  source: UserSource,
  sent: ByteString,
  spellings = spellingsOf(sent),
): FoundUser | Promise<FoundUser> {
  for (const [i, username] of spellings.entries()) {
    const storedHash = lookUp(source, username)
    if (isPending(storedHash)) return findLater(source, sent, spellings.slice(i), storedHash)
    if (storedHash !== undefined) return { username, user: textOf(username), storedHash }
  }
  // an unknown name gets one spelling too: counters and memory must not differ from those of a known user
  const user = textOf(sent).normalize('NFC')
  return { username: toByteString(user), user, storedHash: undefined }
}

async function findLater(
  source: UserSource,
  sent: ByteString,
  [username, ...others]: readonly ByteString[],
  pending: PromiseLike<string | undefined>,
): Promise<FoundUser> {
  const storedHash = await pending
  if (username === undefined || storedHash === undefined) return findUser(source, sent, others)
  return { username, user: textOf(username), storedHash }
}

/** As text if the bytes are UTF-8, otherwise as bytes. */
function lookUp(source: UserSource, username: ByteString): string | undefined | Promise<string | undefined> {
  const text = textOf(username)
  const isUtf8 = toByteString(text) === username
  const answer = source.get(isUtf8 ? text : fromByteString(username))
  return isPending(answer) ? Promise.resolve(answer).then(checkAnswer) : checkAnswer(answer)
}

/** The stored hash, from memory; undefined for an unknown user, and if the source is asynchronous or fails. */
export function lookUpNow(source: UserSource, username: ByteString): string | undefined {
  try {
    const answer = lookUp(source, username)
    if (!isPending(answer)) return answer
    // the result is not used, and an unhandled rejection would end the process
    void Promise.resolve(answer).catch(() => {})
    return undefined
  } catch {
    return undefined
  }
}

/** The name as text, if that user exists and the source answers from memory. */
export const existingUser = (source: UserSource, sent: ByteString): string | undefined => {
  const username = spellingsOf(sent).find(spelling => lookUpNow(source, spelling) !== undefined)
  return username && textOf(username)
}

/** A program may return null for an unknown user. Returning a whole row instead of its hash is an error. */
function checkAnswer(answer: StoredHashOf): string | undefined {
  if (typeof answer === 'string') return answer
  if (answer === undefined || answer === null) return undefined
  throw new HtpasswdError(
    'ERR_OPTION',
    `the look-up of a user expected the stored hash, a string, got ${typeof answer as string}`,
  )
}

const NO_GROUPS: readonly string[] = []

/** A sender with a record in the password file. Credentials of every kind end when that record changes. */
export abstract class StoredIdentity implements Identity {
  readonly ok = true
  abstract readonly kind: CredentialKind
  readonly groups = NO_GROUPS
  abstract readonly scope: 'all' | 'read'
  readonly user: string
  readonly username: ByteString
  readonly #source: UserSource
  readonly #onError: (error: unknown) => void
  #isCurrent = true
  #isAsking = false

  constructor({ user, username }: FoundUser, source: UserSource, onError: (error: unknown) => void) {
    this.user = user
    this.username = username
    this.#source = source
    this.#onError = onError
  }

  /** Whether the credentials are valid while the user has this stored hash; undefined: no record. */
  protected abstract accepts(storedHash: string | undefined): boolean

  isCurrent(): boolean {
    if (this.#isAsking) return this.#isCurrent
    try {
      const storedHash = lookUp(this.#source, this.username)
      if (isPending(storedHash)) void this.#ask(storedHash)
      else this.#isCurrent = this.accepts(storedHash)
    } catch (error) {
      // an error of the source does not mean that the user is gone
      this.#onError(error)
      return true
    }
    return this.#isCurrent
  }

  /** Keeps a database's answer for the next call, because this call is synchronous. */
  async #ask(pending: PromiseLike<string | undefined>): Promise<void> {
    this.#isAsking = true
    try {
      this.#isCurrent = this.accepts(await pending)
    } catch (error) {
      this.#onError(error)
    } finally {
      this.#isAsking = false
    }
  }
}

/** A user whose password was right, and the stored hash that it was verified against. */
export class PasswordIdentity extends StoredIdentity {
  readonly kind = 'password'
  readonly scope = 'all'
  readonly #storedHash: string | undefined

  constructor(found: FoundUser, source: UserSource, onError: (error: unknown) => void) {
    super(found, source, onError)
    this.#storedHash = found.storedHash
  }

  protected override accepts(storedHash: string | undefined): boolean {
    return storedHash === this.#storedHash
  }
}
