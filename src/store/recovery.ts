// The recovery copy of a write in place: the old content, complete and synced before the first byte of the file changes.
// As long as it is there, readers take it for the file's content, and the next writer restores the file from it.
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { HtpasswdError } from '../errors.ts'
import { isMissing } from './file-error.ts'
import { besideFile, inTemporaryFolder, lstatIfThere } from './side-files.ts'

const MARK = '\n#htpasswd-recovery '
/** Behind the old content, and written last: a copy without it is not complete. */
export const footer = (oldDigest: string, newDigest: string): string => `${MARK}${oldDigest} ${newDigest}\n`
const FOOTER = new RegExp(`^${footer('([\\da-f]{64})', '([\\da-f]{64})')}$`)
const FOOTER_BYTES = footer('0'.repeat(64), '0'.repeat(64)).length

/** A complete recovery copy, opened for reading from its start. */
export interface Recovery {
  readonly path: string
  readonly fd: number
  readonly stats: BigIntStats
  /** Of the old content, in bytes. */
  readonly size: number
  /** SHA-256 of the old and of the new content. */
  readonly oldDigest: string
  readonly newDigest: string
}

/** Where a recovery copy of the file can be. */
export const recoveryPaths = (path: string, file: BigIntStats): string[] => [
  besideFile(path, 'recovery'),
  inTemporaryFolder(file, 'recovery'),
]

const STICKY = 0o1000n

/**
 * Whether a copy with these stats can only come from somebody who may write the password file anyway: root, its owner,
 * this user, everybody if everybody may write it, and who may create files in its folder, unless that is sticky, because
 * they could as well replace the password file. In a sticky folder, such as the temporary one, others may plant a copy.
 */
export function isTrusted(copy: string, stats: BigIntStats, file: BigIntStats): boolean {
  if (!stats.isFile()) return false
  if (process.platform === 'win32') return true
  if ((stats.mode & 0o022n) !== 0n) return false
  const owners = [file.uid, 0n, BigInt(process.geteuid?.() ?? -1)]
  if (owners.includes(stats.uid) || (file.mode & 0o002n) !== 0n) return true
  return !isTemporary(copy, file) && (statSync(dirname(copy), { bigint: true }).mode & STICKY) === 0n
}

const isTemporary = (copy: string, file: BigIntStats): boolean => copy === inTemporaryFolder(file, 'recovery')

/** A write takes seconds at most; a change of the file that is so much later than the copy came from another program. */
const LATER_NS = 60_000_000_000n

/** Whether another program wrote the file after the writer that left the recovery copy. */
export const isChangedSince = (copy: BigIntStats, file: BigIntStats): boolean =>
  file.mtimeNs > copy.mtimeNs + LATER_NS

/**
 * Opens a recovery copy; the caller closes it.
 *
 * @returns undefined if it is gone or not complete: then the file itself was not touched.
 * @throws HtpasswdError `ERR_FILE_BUSY` if this user may not read it.
 */
export function openRecovery(path: string, copy: string): Recovery | undefined {
  let fd: number
  try {
    fd = openSync(copy, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw new HtpasswdError(
      'ERR_FILE_BUSY',
      `cannot read ${path}: another user is writing it, or was stopped while writing it; see ${copy}`,
      { cause: error },
    )
  }
  const stats = fstatSync(fd, { bigint: true })
  const size = Number(stats.size) - FOOTER_BYTES
  const end = Buffer.alloc(FOOTER_BYTES)
  const length = size < 0 ? 0 : readSync(fd, end, 0, FOOTER_BYTES, size)
  const [, oldDigest, newDigest] = FOOTER.exec(end.toString('latin1', 0, length)) ?? []
  if (oldDigest !== undefined && newDigest !== undefined)
    return { path: copy, fd, stats, size, oldDigest, newDigest }
  closeSync(fd)
  return undefined
}

/**
 * For readers: what `use` makes of the old content, if a write in place is not finished.
 *
 * @param use is given an open file and the number of bytes to read from its start.
 * @throws HtpasswdError `ERR_FILE_BUSY` as `openRecovery`.
 */
export function readRecovery<T>(
  path: string,
  file: BigIntStats,
  use: (fd: number, size: number) => T,
): { readonly result: T; readonly close: () => void } | undefined {
  for (const copy of recoveryPaths(realPath(path), file)) {
    const stats = lstatIfThere(copy)
    // left by a killed writer, and another program wrote the file since: a user that it deleted must not stay
    if (stats === undefined || isChangedSince(stats, file) || !isTrusted(copy, stats, file)) continue
    const recovery = openRecovery(path, copy)
    if (recovery !== undefined)
      return { result: use(recovery.fd, recovery.size), close: () => closeSync(recovery.fd) }
  }
  return undefined
}

/** The recovery copy is beside what a link leads to. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
