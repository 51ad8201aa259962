// The files that a writer keeps beside a password file while it works: the lock, the new file, and the recovery copy of a
// write in place. Where the folder cannot be written, they are in the system's temporary folder, and backups as well.
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  unlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isHeldOpen, isMissing } from './file-error.ts'

type Kind = 'lock' | 'recovery' | 'backup'

export const besideFile = (path: string, kind: Kind): string => `${path}.htpasswd-${kind}`

/** Named by device and inode, so that all names of the file lead to the same one. */
export const inTemporaryFolder = ({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>, kind: Kind): string =>
  join(tmpdir(), `htpasswd-${dev}-${ino}-${kind}`)

/** The new file of a writer, whose lock has this id: the next writer deletes what a killed one left. */
export const newFile = (path: string, lockId: string): string => `${path}.htpasswd-new-${lockId.slice(0, 8)}`

type Owned = Pick<BigIntStats, 'uid' | 'mode'>

/** Whether a user may write the file in any case: its owner, root, this user, and everybody if everybody may. */
export const surelyMayWrite = (uid: bigint, file: Owned): boolean =>
  [file.uid, 0n, BigInt(process.geteuid?.() ?? -1)].includes(uid) || (file.mode & 0o002n) !== 0n

/** Whether a user may write the file, as far as its mode tells. The group bits are also those of an ACL (acl(5)). */
export const perhapsMayWrite = (uid: bigint, file: Owned): boolean =>
  surelyMayWrite(uid, file) || (file.mode & 0o020n) !== 0n

const FOLDER_REFUSES = new Set(['EACCES', 'EPERM', 'EROFS', 'ENAMETOOLONG'])

/** Whether a file cannot be created beside the password file: no permission, a read-only mount, or a name too long. */
export const isRefusedByFolder = (error: unknown): boolean =>
  FOLDER_REFUSES.has((error as NodeJS.ErrnoException).code ?? '')

/** What lstat(2) says; undefined if there is no such file, also where no file of that name can exist. */
export function lstatIfThere(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'ENAMETOOLONG') return undefined
    throw error
  }
}

/** Reading it must not follow a link that somebody planted, nor wait for the writer of a pipe. Windows has no such flags. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** The first bytes of a regular file with its stats; anything else reads as empty. Undefined if there is no file. */
export function readStart(path: string, maxBytes: number): { bytes: Buffer; stats: BigIntStats } | undefined {
  const stats = lstatIfThere(path)
  if (stats === undefined) return undefined
  try {
    const fd = openSync(path, READ_FLAGS)
    try {
      const opened = fstatSync(fd, { bigint: true })
      if (!opened.isFile()) return { bytes: Buffer.alloc(0), stats: opened }
      const bytes = Buffer.alloc(maxBytes)
      return { bytes: bytes.subarray(0, readSync(fd, bytes, 0, maxBytes, 0)), stats: opened }
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    // a link, a socket, or a file of another user
    return { bytes: Buffer.alloc(0), stats }
  }
}

/** Reads so many bytes of a file, or as many as there are, from its start or from another position. */
export function readBytes(fd: number, size: number, position = 0): Buffer {
  const bytes = Buffer.allocUnsafeSlow(size)
  let filled = 0
  while (filled < size) {
    const length = readSync(fd, bytes, filled, size - filled, position + filled)
    if (length === 0) break
    filled += length
  }
  return bytes.subarray(0, filled)
}

/** @returns whether it is gone; false where this process may not delete it, or another program holds it open. */
export function removeIfAllowed(path: string): boolean {
  try {
    unlinkSync(path)
    return true
  } catch (error) {
    if (isMissing(error)) return true
    if (isHeldOpen(error) || ['EROFS', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return false
    throw error
  }
}
