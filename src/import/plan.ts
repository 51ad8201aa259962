// What an import would do, before any password is hashed: rows are checked one by one, against each other and the file.
import { type ByteString, decodeSurrogateEscape, encodeSurrogateEscape, toByteString } from '../bytes.ts'
import { checkUsername } from '../document/username.ts'
import { HtpasswdError } from '../errors.ts'
import { hasNul } from '../hash/hash-password.ts'
import { identify, isLocked } from '../hash/registry.ts'
import { ImportProblems, type RowLocation } from './import-problems.ts'

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

/** A row that cannot be imported, and why; without any secret. */
export interface UnreadableRow {
  readonly problem: string
  readonly line: number
}

/** A user whose record will be written. */
export interface PlannedUser {
  readonly name: string
  /** Its line or its position. */
  readonly position: number
  readonly isLine: boolean
  /** Until it is hashed. */
  password: ByteString | undefined
  hash: string | undefined
  /** The generated password, to be delivered to the user. */
  readonly generated: string | undefined
}

export interface ImportPlan {
  /** By their names as byte strings. */
  readonly users: ReadonlyMap<string, PlannedUser>
  /** The names of rows that change nothing. */
  readonly skipped: readonly string[]
}

interface PlanOptions<Password> {
  readonly onConflict: ConflictPolicy
  readonly isThere: (user: string) => boolean
  /** The bytes of a password as the rows have it; throws for other values. */
  readonly toBytes: (password: Password) => ByteString
  /** Makes a password for a row without one; by default such a row is an error. */
  readonly generate?: (() => string) | undefined
  /** What to do about that error. */
  readonly hint?: string
}

export const locationOf = ({ position, isLine }: Pick<PlannedUser, 'position' | 'isLine'>): RowLocation =>
  isLine ? `line ${position}` : `row ${position}`

/** @throws HtpasswdError that lists everything that is wrong. */
export function planImport<Password = string | Uint8Array>(
  rows: Iterable<ImportRow<Password> | UnreadableRow>,
  { onConflict, isThere, toBytes, generate, hint = 'give one of them' }: PlanOptions<Password>,
): ImportPlan {
  const problems = new ImportProblems()
  const users = new Map<string, PlannedUser>()
  const skipped: string[] = []
  let count = 0
  for (const row of rows) {
    const at = { position: row.line ?? ++count, isLine: row.line !== undefined }
    if ('problem' in row) {
      problems.add(locationOf(at), 'ERR_RECORD', row.problem)
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
      // with `update` the later row counts
      if (earlier !== undefined || isKnown) skipped.push(name)
      if (onConflict === 'skip' && (earlier !== undefined || isKnown)) continue
      const generated = password === undefined && hash === undefined ? generate?.() : undefined
      const { position, isLine } = at
      // field by field: a spread takes ten times as long, which matters for a million rows
      const secret = password ?? (generated === undefined ? undefined : toByteString(generated))
      users.set(key, { name, position, isLine, password: secret, hash, generated })
    } catch (error) {
      problems.addError(locationOf(at), error)
    }
  }
  problems.throwIfAny()
  return { users, skipped }
}

function keyOf({ user }: Pick<ImportedUser, 'user'>): ByteString {
  if (typeof user === 'string' || user instanceof Uint8Array) return encodeSurrogateEscape(user)
  throw new HtpasswdError('ERR_RECORD', `"user" expected a string or a Uint8Array, got ${typeof user}`)
}

/** @param hint undefined if both may be missing. */
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
  else if (password === '') refuse('expected a password of at least one character, got an empty one')
  else if (password !== undefined && hasNul(password))
    refuse('expected a password without a NUL byte, got one')
}

function checkHash(hash: string, refuse: (message: string) => never): void {
  if (typeof hash !== 'string') refuse(`"hash" expected a string, got ${typeof hash}`)
  // an apr1 salt and a locked record may contain any character, a line of the file may not
  if (/[:\n\r\0]|[^\x00-\xff]/.test(hash))
    refuse('expected a hash without colon, newline, NUL or characters above U+00FF, got one with them')
  if (identify(hash) === undefined && !isLocked(hash))
    refuse('expected a whole hash of a known format, got other text')
}

function rejectConflict(name: string, earlier: PlannedUser | undefined, isKnown: boolean): void {
  if (earlier !== undefined)
    throw new HtpasswdError('ERR_USER_EXISTS', `${name}: duplicate of ${locationOf(earlier)}`)
  if (isKnown) throw userExists(name)
}

export const userExists = (name: string): HtpasswdError =>
  new HtpasswdError('ERR_USER_EXISTS', `${name}: the user exists already`)
