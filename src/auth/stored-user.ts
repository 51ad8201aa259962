// Finds the record that credentials name, and watches over it while something is open for its user.
import { type ByteString, fromByteString, isAscii, textOf, toByteString } from '../bytes.ts'
import type { Identity } from './identity.ts'
import { spellingsOf } from './spellings.ts'
import type { UserSource } from './user-source.ts'

/** A string has one byte a character. One that has more is text, such as a program's own, and is encoded as UTF-8. */
export const bytesOf = (value: ByteString | Uint8Array): ByteString =>
  typeof value === 'string' && (isAscii(value) || !/[^\x00-\xff]/.test(value)) ? value : toByteString(value)

/** Whom credentials name. */
export interface FoundUser {
  /** The name as the source has it; for an unknown user, composed UTF-8. */
  readonly username: ByteString
  /** The name as text. */
  readonly user: string
  /** Undefined for an unknown user. */
  readonly storedHash: string | undefined
}

/** Looks a name up in all its spellings: an app must not see two users in one, nor a throttle two names. */
export function findUser(source: UserSource, sent: ByteString): FoundUser {
  for (const username of spellingsOf(sent)) {
    const storedHash = lookUp(source, username)
    if (storedHash !== undefined) return { username, user: textOf(username), storedHash }
  }
  // one spelling as well: what is counted and remembered must not differ from that of a known user
  const user = textOf(sent).normalize('NFC')
  return { username: toByteString(user), user, storedHash: undefined }
}

/** As text if the bytes are UTF-8, otherwise as bytes. A custom lookup may return null for an unknown user. */
function lookUp(source: UserSource, username: ByteString): string | undefined {
  const text = textOf(username)
  const isUtf8 = toByteString(text) === username
  return source.get(isUtf8 ? text : fromByteString(username)) ?? undefined
}

const NO_GROUPS: readonly string[] = []

/** A user whose password was right, and the stored hash that it was verified against. */
export class PasswordIdentity implements Identity {
  readonly ok = true
  readonly kind = 'password'
  readonly groups = NO_GROUPS
  readonly scope = 'all'
  readonly user: string
  readonly username: ByteString
  readonly #source: UserSource
  readonly #storedHash: string | undefined
  readonly #onError: (error: unknown) => void

  constructor(
    { user, username, storedHash }: FoundUser,
    source: UserSource,
    onError: (error: unknown) => void,
  ) {
    this.user = user
    this.username = username
    this.#source = source
    this.#storedHash = storedHash
    this.#onError = onError
  }

  isCurrent(): boolean {
    try {
      return lookUp(this.#source, this.username) === this.#storedHash
    } catch (error) {
      // a source that fails says nothing about the user
      this.#onError(error)
      return true
    }
  }
}
