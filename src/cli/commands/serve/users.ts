// The users of the guard: the password file as of its last state that made sense; a bad one keeps the last good list.
import { readFileSync } from 'node:fs'
import type { UserSource } from '../../../auth/user-source.ts'
import { type HtpasswdDocument, parseHtpasswd } from '../../../document/document.ts'
import { HtpasswdError } from '../../../errors.ts'
import { identify } from '../../../hash/registry.ts'
import { currentStamp } from '../../../store/snapshot.ts'
import { count } from '../../terminal/count.ts'
import { shellWord } from '../../terminal/shell-word.ts'

export interface ServeUsersOptions {
  readonly path: string
  /** Tells the operator what became of a change. */
  readonly say: (text: string) => void
}

/**
 * A look-up asks the file system whether the file is still the one that was read (a few microseconds) and reads it
 * anew where not, so that a removed user is out at the very next request, which no watcher can promise: its event may
 * come later or, on a network drive, never.
 */
export class ServeUsers implements UserSource {
  readonly #path: string
  readonly #say: (text: string) => void
  #good: HtpasswdDocument
  #seen: string
  #complaint: string | undefined
  #looked = false

  /** @throws HtpasswdError for a file that is missing, empty or without any user who could log in. */
  constructor({ path, say }: ServeUsersOptions) {
    this.#path = path
    this.#say = say
    this.#seen = stampOf(path)
    if (this.#seen === MISSING) {
      throw new HtpasswdError(
        'ERR_FILE_ACCESS',
        `expected a password file at ${path}, found none; make it with: htpasswd -B -C 12 -c ${shellWord(path)} NAME (or start with --init)`,
      )
    }
    this.#good = readUsers(path)
    const fault = faultOf(this.#good)
    if (fault !== undefined) {
      throw new HtpasswdError(
        'ERR_RECORD',
        `${path} ${fault}; set a password with: htpasswd -B -C 12 ${shellWord(path)} NAME`,
      )
    }
  }

  get(user: string | Uint8Array): string | undefined {
    this.look()
    return this.#good.get(user)
  }

  /** Takes a change over. Once a turn of the event loop: whoever changed the file and then asks, asks in a later one. */
  look(): void {
    if (this.#looked) return
    this.#looked = true
    setImmediate(() => {
      this.#looked = false
    })
    if (stampOf(this.#path) !== this.#seen) this.reload()
  }

  users(): Iterable<string> {
    return this.#good.users()
  }

  *entries(): Generator<[user: string, hash: string]> {
    for (const user of this.#good.users()) yield [user, this.#good.get(user) ?? '']
  }

  /** Reads the file anew, as after SIGHUP, and says what came of it. */
  reload(): void {
    // before reading: a change in between is seen at the next request
    this.#seen = stampOf(this.#path)
    let fault: string | undefined
    let next = this.#good
    try {
      next = readUsers(this.#path)
      fault = faultOf(next) ?? cutOf(next, this.#good)
    } catch (error) {
      fault = this.#seen === MISSING ? 'is missing' : `cannot be read: ${(error as Error).message}`
      // what stands in the way may go without changing the file, as a program on Windows that has it for itself
      if (this.#seen !== MISSING && (error as HtpasswdError).code === 'ERR_FILE_ACCESS') this.#seen = UNREAD
    }
    if (fault === undefined) {
      this.#good = next
      this.#complaint = undefined
      this.#say(`${this.#path} was read again: ${count(next.size, 'user')}`)
    } else if (fault !== this.#complaint) {
      this.#complaint = fault
      this.#say(
        `warning: ${this.#path} ${fault}; the last good list of ${count(this.#good.size, 'user')} stays in force`,
      )
    }
  }
}

const MISSING = ''
/** No stamp is like it, so that the next look-up tries again. */
const UNREAD = 'unread'

/** Changes with every write; a file that cannot be looked at is another state of it, not an error. */
function stampOf(path: string): string {
  try {
    return currentStamp(path)
  } catch (error) {
    return (error as Error).message
  }
}

function readUsers(path: string): HtpasswdDocument {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new HtpasswdError(
      'ERR_FILE_ACCESS',
      `expected a readable password file, got ${path}: ${(error as Error).message}`,
      {
        cause: error,
      },
    )
  }
  const document = parseHtpasswd(bytes)
  document.buildIndex()
  return document
}

/** What makes a file useless as a whole. */
function faultOf(document: HtpasswdDocument): string | undefined {
  const users = document.users()
  if (users.length === 0) return 'has no users'
  if (users.some(user => identify(document.get(user) ?? '') !== undefined)) return undefined
  return 'has no user who can log in: every hash is plain text, locked, damaged or of an unknown format'
}

/**
 * A writer that is not atomic, Apache's htpasswd among them, shows the file cut short for a moment. Where the cut goes
 * through a record, that hash is the beginning of the one that was there; no change of a password looks like that.
 */
function cutOf(document: HtpasswdDocument, before: HtpasswdDocument): string | undefined {
  for (const user of document.users()) {
    const [now, then] = [document.get(user) ?? '', before.get(user) ?? '']
    if (now !== then && then.startsWith(now) && identify(now) === undefined) {
      return `ends within the record of a user, as while it is being written`
    }
  }
  return undefined
}
