// What an import would do, before any password is hashed: rows checked one by one, and against each other and a file.
import { type ByteString, decodeSurrogateEscape, encodeSurrogateEscape, toByteString } from '../bytes.ts'
import { checkUsername } from '../document/username.ts'
import { HtpasswdError } from '../errors.ts'
import { hasNul } from '../hash/hash-password.ts'
import { identify, isLocked } from '../hash/registry.ts'
import { ImportProblems, type Place } from './import-problems.ts'

/** A user to import: with a password, or with the hash of one. */
export interface ImportedUser {
  /** The name; as bytes if it is not UTF-8. */
  readonly user: string | Uint8Array
  /** A password to hash. */
  readonly password?: string | Uint8Array | undefined
  /** A hash in a format of `hashPassword`, or a locked record (`!…`, `*`). */
  readonly hash?: string | undefined
  /** The line of the row in its source, for messages. Default: its position among the users. */
  readonly line?: number | undefined
}

/** A user to import, as a source has it: with passwords as text, or as bytes. */
export type ImportRow<Password> = Omit<ImportedUser, 'password'> & {
  readonly password?: Password | undefined
}

/** What happens to a user who exists already, or is listed twice. */
export type ConflictPolicy = 'fail' | 'skip' | 'update'

/** A row that could not be read: its reader says why, without any secret. */
export interface UnreadableRow {
  readonly problem: string
  readonly line: number
}

/** A user whose record will be written. */
export interface PlannedUser {
  readonly name: string
  readonly place: number
  /** Whether `place` is a line. */
  readonly isLine: boolean
  /** What the hash is made of, until it is made. */
  password: ByteString | undefined
  hash: string | undefined
  /** The password was made up here, and somebody has to be told. */
  readonly generated: string | undefined
}

export interface ImportPlan {
  /** By the keys of their names. */
  readonly users: ReadonlyMap<string, PlannedUser>
  /** The names of rows that change nothing. */
  readonly skipped: readonly string[]
}

interface PlanOptions<Password> {
  readonly onConflict: ConflictPolicy
  readonly isThere: (user: string) => boolean
  /** The bytes of a password as the rows have it; throws for what is none. */
  readonly toBytes: (password: Password) => ByteString
  /** For a row without a password and a hash; it is a mistake where this is missing. */
  readonly generate?: (() => string) | undefined
  /** Said behind that mistake: what to do. */
  readonly hint?: string
}

export const placeOf = ({ place, isLine }: Pick<PlannedUser, 'place' | 'isLine'>): Place =>
  isLine ? `line ${place}` : `row ${place}`

/** @throws HtpasswdError that lists all that is wrong. */
export function planImport<Password = string | Uint8Array>(
  rows: Iterable<ImportRow<Password> | UnreadableRow>,
  { onConflict, isThere, toBytes, generate, hint = 'give one of them' }: PlanOptions<Password>,
): ImportPlan {
  const problems = new ImportProblems()
  const users = new Map<string, PlannedUser>()
  const skipped: string[] = []
  let count = 0
  for (const row of rows) {
    const at = { place: row.line ?? ++count, isLine: row.line !== undefined }
    if ('problem' in row) {
      problems.add(placeOf(at), 'ERR_RECORD', row.problem)
      continue
    }
    try {
      const key = keyOf(row)
      const name = decodeSurrogateEscape(key)
      checkUsername(name)
      const { hash } = row
      const password = row.password === undefined ? undefined : toBytes(row.password)
      checkSecret(password, hash, name, generate === undefined ? hint : undefined)
      const earlier = users.get(key)
      const isKnown = onConflict === 'update' ? false : isThere(name)
      if (onConflict === 'fail') rejectConflict(name, earlier, isKnown)
      // of an update the later one counts
      if (earlier !== undefined || isKnown) skipped.push(name)
      if (onConflict === 'skip' && (earlier !== undefined || isKnown)) continue
      const generated = password === undefined && hash === undefined ? generate?.() : undefined
      const { place, isLine } = at
      // each field by its name: a spread takes ten times as long, which a million rows feel
      const secret = password ?? (generated === undefined ? undefined : toByteString(generated))
      users.set(key, { name, place, isLine, password: secret, hash, generated })
    } catch (error) {
      problems.addError(placeOf(at), error)
    }
  }
  problems.throwIfAny()
  return { users, skipped }
}

function keyOf({ user }: Pick<ImportedUser, 'user'>): ByteString {
  if (typeof user === 'string' || user instanceof Uint8Array) return encodeSurrogateEscape(user)
  throw new HtpasswdError('ERR_RECORD', `"user" expected a string or a Uint8Array, got ${typeof user}`)
}

/** @param hint undefined where both may be missing. */
function checkSecret(
  password: ByteString | undefined,
  hash: string | undefined,
  name: string,
  hint: string | undefined,
): void {
  const refuse = (message: string): never => {
    throw new HtpasswdError('ERR_RECORD', `${name}: ${message}`)
  }
  if (password !== undefined && hash !== undefined) refuse('expected a password or a hash, got both')
  if (password === undefined && hash === undefined) {
    if (hint !== undefined) refuse(`expected a password or a hash, got neither; ${hint}`)
  } else if (hash !== undefined) checkHash(hash, refuse)
  else if (password === '') refuse('expected a password of one character and more, got an empty one')
  else if (password !== undefined && hasNul(password))
    refuse('expected a password without a NUL byte, got one')
}

function checkHash(hash: string, refuse: (message: string) => never): void {
  if (typeof hash !== 'string') refuse(`"hash" expected a string, got ${typeof hash}`)
  // a salt of apr1 may hold any character, and a locked record too, while a line of the file may not
  if (/[:\n\r\0]|[^\x00-\xff]/.test(hash))
    refuse('expected a hash that fits one field, got a colon, a line end, a NUL or others')
  if (identify(hash) === undefined && !isLocked(hash))
    refuse('expected the hash of a known format, whole, got another text')
}

function rejectConflict(name: string, earlier: PlannedUser | undefined, isKnown: boolean): void {
  if (earlier !== undefined)
    throw new HtpasswdError(
      'ERR_USER_EXISTS',
      `${name}: expected each user once, got one of ${placeOf(earlier)} again`,
    )
  if (isKnown) throw userExists(name)
}

export const userExists = (name: string): HtpasswdError =>
  new HtpasswdError('ERR_USER_EXISTS', `${name}: expected a new user, got one who is there already`)
