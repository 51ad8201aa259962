// Adds many users to a password file, all or none: checks them, hashes on every core, and only then writes.
import { availableParallelism } from 'node:os'
import { setImmediate as eventLoopTurn } from 'node:timers/promises'
import type { ByteString } from '../bytes.ts'
import type { HtpasswdDocument } from '../document/document.ts'
import { HtpasswdError, rejectUnknownKeys } from '../errors.ts'
import { MAX_CRYPT_PASSWORD_BYTES } from '../hash/format.ts'
import { checkedPassword, computeOneOfMany, makeHash, needsRehash } from '../hash/hash-password.ts'
import type { HashOptions } from '../hash/options.ts'
import { ImportProblems } from './import-problems.ts'
import {
  type ConflictPolicy,
  type ImportedUser,
  type ImportPlan,
  locationOf,
  type PlannedUser,
  planImport,
  userExists,
} from './plan.ts'

/** How users are imported, and how their new hashes are made. */
export interface ImportOptions extends HashOptions {
  /**
   * A user who exists already, or is listed twice, is an error (`fail`), stays unchanged (`skip`: the first one counts),
   * or gets the new hash (`update`: the last one counts). Default: `fail`.
   */
  readonly onConflict?: ConflictPolicy
  /** Called after each computed hash, with the number done and the total. */
  readonly onProgress?: (done: number, total: number) => void
}

/** The result of an import; each row is in one of the lists. */
export interface ImportReport {
  /** The new users. */
  readonly added: readonly string[]
  /** The users whose hash was replaced. */
  readonly updated: readonly string[]
  /** The users of rows that changed nothing. */
  readonly skipped: readonly string[]
}

const policies: readonly ConflictPolicy[] = ['fail', 'skip', 'update']

/**
 * Adds many users to a document, all of them or none: nothing changes before every row is checked and every password is
 * hashed, on all processor cores. Within `HtpasswdFile.update` the file stays locked meanwhile, so compute the hashes of
 * a long list first, as `htpasswd import` does.
 *
 * @throws HtpasswdError that lists the first 20 errors with their rows or lines: `ERR_USER_EXISTS` if users exist already
 *   and nothing else is wrong, `ERR_USERNAME` if only names are wrong, otherwise `ERR_RECORD`; `ERR_OPTION` for options
 *   that `hashPassword` would refuse.
 *
 * @example
 * ```js
 * import { importUsers, parseHtpasswd } from 'htpasswd-kit'
 *
 * const document = parseHtpasswd('')
 * const users = [{ user: 'alice', password: 'wonderland' }]
 * console.log(await importUsers(document, users, { cost: 10 }))
 * ```
 *
 * ```text
 * { added: [ 'alice' ], updated: [], skipped: [] }
 * ```
 */
export async function importUsers(
  document: HtpasswdDocument,
  users: Iterable<ImportedUser>,
  options: ImportOptions = {},
): Promise<ImportReport> {
  rejectUnknownKeys('ImportOptions', options, ['format', 'cost', 'rounds', 'onConflict', 'onProgress'])
  const { onConflict = 'fail', onProgress, ...hashing } = options
  if (!policies.includes(onConflict)) {
    const got = JSON.stringify(onConflict)
    throw new HtpasswdError('ERR_OPTION', `"onConflict" expected one of ${policies.join(', ')}, got ${got}`)
  }
  // rejects options that hashPassword would reject, even if every row has its hash
  needsRehash('', hashing)
  const plan = planImport(users, {
    onConflict,
    isThere: user => document.has(user),
    toBytes: checkedPassword,
  })
  await hashPlan(plan, hashing, onProgress)
  return applyImport(document, plan, onConflict)
}

/** So that a thread always finds a waiting job. */
const JOBS_PER_CORE = 2
/** Hashes that are too short for a thread block the event loop for no longer than this. */
const SLICE_MILLISECONDS = 20
/**
 * Makes the hashes that are missing.
 *
 * @throws HtpasswdError `ERR_RECORD` for a password that the format cannot carry.
 */
export async function hashPlan(
  { users }: ImportPlan,
  options: HashOptions,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<void> {
  const isLong = ({ password }: PlannedUser): number =>
    Number((password?.length ?? 0) > MAX_CRYPT_PASSWORD_BYTES)
  const waiting = [...users.values()]
    .filter(({ hash }) => hash === undefined)
    // first those that the format may refuse: hours of hashing should not end with an error
    .sort((a, b) => isLong(b) - isLong(a))
  let done = 0
  let sliceStart = performance.now()
  const hashNext = async (next: Iterable<PlannedUser>): Promise<void> => {
    for (const user of next) {
      user.hash = await hashOf(user, options)
      user.password = undefined
      onProgress(++done, waiting.length)
      if (performance.now() - sliceStart < SLICE_MILLISECONDS) continue
      await eventLoopTurn()
      sliceStart = performance.now()
    }
  }
  // a generator, because the first failure closes it for all its consumers
  const next = each(waiting)
  const jobs = Math.min(waiting.length, JOBS_PER_CORE * availableParallelism())
  await Promise.all(Array.from({ length: jobs }, () => hashNext(next)))
}

function* each<T>(items: readonly T[]): Generator<T> {
  yield* items
}

async function hashOf(user: PlannedUser, options: HashOptions): Promise<string> {
  const problems = new ImportProblems()
  try {
    const hash = await makeHash(user.password as ByteString, options, computeOneOfMany)
    if (!/[:\n\r\0]/.test(hash)) return hash
    // only the format plaintext can contain them
    const expected = 'expected a password without a colon or newline for plaintext, got one with it'
    problems.add(locationOf(user), 'ERR_RECORD', `${user.name}: ${expected}`)
  } catch (error) {
    problems.addError(locationOf(user), error)
  }
  problems.throwIfAny()
  throw new Error('expected a problem')
}

/**
 * Writes the plan into a document, which may have changed since the plan was made.
 *
 * @throws HtpasswdError `ERR_USER_EXISTS` where the policy is to fail; nothing is written then.
 */
export function applyImport(
  document: HtpasswdDocument,
  { users, skipped }: ImportPlan,
  onConflict: ConflictPolicy,
): ImportReport {
  const problems = new ImportProblems()
  if (onConflict === 'fail')
    for (const user of users.values())
      if (document.has(user.name)) problems.addError(locationOf(user), userExists(user.name))
  problems.throwIfAny()
  const report = { added: [] as string[], updated: [] as string[], skipped: [...skipped] }
  for (const { name, hash = '' } of users.values()) {
    if (onConflict === 'skip' && document.has(name)) report.skipped.push(name)
    else report[document.set(name, hash)].push(name)
  }
  return report
}
