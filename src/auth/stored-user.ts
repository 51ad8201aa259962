// Finds the record that credentials name, and watches over it while something is open for its user.
import { type ByteString, fromByteString, isAscii, textOf, toByteString } from '../bytes.ts'
import { HtpasswdError } from '../errors.ts'
import type { CredentialKind, Identity } from './identity.ts'
import { spellingsOf } from './spellings.ts'
import type { StoredHashOf, UserSource } from './user-source.ts'

/** A string has one byte a character. One that has more is text, such as a program's own, and is encoded as UTF-8. */
export const bytesOf = (value: string | Uint8Array): ByteString =>
  typeof value === 'string' && (isAscii(value) || !/[^\x00-\xff]/.test(value))
    ? (value as ByteString)
    : toByteString(value)

/** Whom credentials name. */
export interface FoundUser {
  /** The name as the source has it; for an unknown user, composed UTF-8. */
  readonly username: ByteString
  /** The name as text. */
  readonly user: string
  /** Undefined for an unknown user. */
  readonly storedHash: string | undefined
}

/** Whether a source answered with a promise; a query builder of a database library is a thenable. */
export const isPending = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'

/** Looks a name up in all its spellings: an app must not see two users in one, nor a throttle two names. */
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
  // one spelling as well: what is counted and remembered must not differ from that of a known user
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

/** A stored hash from memory; undefined for an unknown user, and where the source answers later or fails. */
export function lookUpNow(source: UserSource, username: ByteString): string | undefined {
  try {
    const answer = lookUp(source, username)
    if (!isPending(answer)) return answer
    // nobody waits for it: a rejection would end the process
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

/** A program may return null for an unknown user. A whole row of a table instead of its hash is a mistake. */
function checkAnswer(answer: StoredHashOf): string | undefined {
  if (typeof answer === 'string') return answer
  if (answer === undefined || answer === null) return undefined
  throw new HtpasswdError(
    'ERR_OPTION',
    `the look-up of a user expected the stored hash, a string, got ${typeof answer as string}`,
  )
}

const NO_GROUPS: readonly string[] = []

/** A sender who has a record: of whatever kind the credentials are, they end with that. */
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

  /** Whether the credentials are good while the user has this stored hash, or none. */
  protected abstract accepts(storedHash: string | undefined): boolean

  isCurrent(): boolean {
    if (this.#isAsking) return this.#isCurrent
    try {
      const storedHash = lookUp(this.#source, this.username)
      if (isPending(storedHash)) void this.#ask(storedHash)
      else this.#isCurrent = this.accepts(storedHash)
    } catch (error) {
      // a source that fails says nothing about the user
      this.#onError(error)
      return true
    }
    return this.#isCurrent
  }

  /** Takes the answer of a database for the next question: this one cannot wait. */
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
