// The recovery copy of a write in place: the old content, complete and synced before the first byte of the file changes.
// As long as it is there, readers take it for the file's content, and the next writer restores the file from it.
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { HtpasswdError } from '../errors.ts'
import { nodeCrypto } from '../platform/node-crypto.ts'
import { isMissing } from './file-error.ts'
import { besideFile, inTemporaryFolder, lstatIfThere, readBytes, surelyMayWrite } from './side-files.ts'

const MARK = '\n#htpasswd-recovery '
const FOOTER = new RegExp(`^${MARK}([\\da-f]{64}) (\\d{16}) (\\d{16}) (\\d{16})\n$`)
const FOOTER_BYTES = MARK.length + 64 + 3 * 17 + 1

/**
 * What a recovery copy has behind the old content: the part of the new content that differs, and a footer with the
 * SHA-256 of all before it, the length of the old content, and how many bytes at its start and end the new one shares.
 * The footer is written last: a copy without it is not complete.
 */
export function recoveryEnd(before: Buffer, after: Buffer): { changed: Buffer; footer: Buffer } {
  const most = Math.min(before.length, after.length)
  let start = 0
  while (start < most && before[start] === after[start]) start++
  let end = 0
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end++
  const changed = after.subarray(start, after.length - end)
  const numbers = [before.length, start, end].map(number => String(number).padStart(16, '0'))
  return { changed, footer: Buffer.from(`${MARK}${digest(before, changed)} ${numbers.join(' ')}\n`) }
}

function digest(...parts: readonly Buffer[]): string {
  const hash = nodeCrypto().createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** A complete recovery copy, opened for reading from its start. */
export interface Recovery {
  readonly fd: number
  /** Of the old content, in bytes. */
  readonly size: number
  /** @returns the old and the new content; undefined if the copy is damaged. */
  contents(): { before: Buffer; after: Buffer } | undefined
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
  if (surelyMayWrite(stats.uid, file)) return true
  return !isTemporary(copy, file) && (statSync(dirname(copy), { bigint: true }).mode & STICKY) === 0n
}

const isTemporary = (copy: string, file: BigIntStats): boolean => copy === inTemporaryFolder(file, 'recovery')

/**
 * Whether a write in place can have left this content: it grows with the bytes that are written, or shrinks in one step
 * after them, and each byte is the old or the new one, or zero, as after a power failure. Otherwise it is the content of
 * another program, or that of another file, which has the same inode because the file of the copy was deleted.
 */
export function isBetween(content: Buffer, before: Buffer, after: Buffer): boolean {
  const { length } = content
  const isGrowing = before.length < length && length < after.length
  if (length !== before.length && length !== after.length && !isGrowing) return false
  return content.every((byte, i) => byte === before[i] || byte === after[i] || byte === 0)
}

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
  const length = Math.max(0, Number(fstatSync(fd).size) - FOOTER_BYTES)
  const [, expected, ...numbers] = FOOTER.exec(readBytes(fd, FOOTER_BYTES, length).toString('latin1')) ?? []
  const [size = 0, start = 0, end = 0] = numbers.map(Number)
  const contents: Recovery['contents'] = () => {
    const all = readBytes(fd, length)
    const [before, changed] = [all.subarray(0, size), all.subarray(size)]
    if (digest(all) !== expected) return undefined
    return { before, after: Buffer.concat([before.subarray(0, start), changed, before.subarray(size - end)]) }
  }
  if (expected !== undefined) return { fd, size, contents }
  closeSync(fd)
  return undefined
}

/**
 * For readers: what `use` makes of the old content, if a write in place is not finished.
 *
 * @param use is given an open file and the number of bytes to read from its start.
 * @param ended the inodes of copies whose write is known to have ended; one that is found to have ended is added.
 * @returns undefined if the file itself counts; `'ended'` if it counts from now on, because its write has just ended.
 * @throws HtpasswdError `ERR_FILE_BUSY` as `openRecovery`.
 */
export function readRecovery<T>(
  path: string,
  file: BigIntStats,
  use: (fd: number, size: number) => T,
  ended: Set<bigint>,
): { readonly result: T; readonly close: () => void } | 'ended' | undefined {
  for (const copy of recoveryPaths(realPath(path), file)) {
    const stats = lstatIfThere(copy)
    if (stats === undefined || ended.has(stats.ino) || !isTrusted(copy, stats, file)) continue
    const recovery = openRecovery(path, copy)
    if (recovery === undefined) continue
    const close = (): void => closeSync(recovery.fd)
    const progress = progressOf(recovery, path)
    if (progress === 'unfinished') return { result: use(recovery.fd, recovery.size), close }
    close()
    if (progress === 'ended') {
      ended.add(stats.ino)
      return 'ended'
    }
  }
  return undefined
}

/**
 * How far the write has come. If it has ended, or the content is not from it, the file itself counts: a user that another
 * program deleted since the write was killed must not stay.
 */
function progressOf(recovery: Recovery, path: string): 'unfinished' | 'ended' | 'other' {
  const contents = recovery.contents()
  if (contents === undefined) return 'other'
  const { before, after } = contents
  const content = readFileSync(path)
  if (content.equals(after)) return 'ended'
  return isBetween(content, before, after) ? 'unfinished' : 'other'
}

/** The recovery copy is beside what a link leads to. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
