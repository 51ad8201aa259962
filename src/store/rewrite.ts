// The one way a file is changed: lock, read, change, then replace the file, or write it in place.
import { HtpasswdError, rejectUnknownKeys } from '../errors.ts'
import { recover, writeInPlace } from './in-place.ts'
import { linkTarget } from './link-target.ts'
import { acquireLock, DEFAULT_LOCK_TIMEOUT, type Lock } from './lock.ts'
import { replaceFile } from './replace.ts'
import { currentStamp, currentStats, readSnapshot, type Snapshot } from './snapshot.ts'

/** The options of an update. */
export interface UpdateOptions {
  /** Create a missing file. Default: false, a missing file is an error. */
  readonly create?: boolean
  /** Start with an empty document, whatever the file contains (implies `create`). Default: false. */
  readonly replace?: boolean
  /** How long to wait for other writers, in milliseconds. Default: 30000. */
  readonly lockTimeout?: number
  /**
   * Write into the existing file instead of replacing it by a new one. Programs that follow the inode need that, such as
   * a container into which only this file is mounted. Other programs that read during the write may see half of it.
   * Default: false; a file that cannot be replaced without loss is written in place anyway.
   */
  readonly inPlace?: boolean
  /** Called on Windows after a new file was created, which only its owner, Administrators and SYSTEM can read. */
  readonly onPrivate?: () => void
}

/** Programs without a lock may write in the meantime; the change is then made again on what they wrote. */
const MAX_ATTEMPTS = 20

/** The new state of a file: its new content, or none if it stays as it is. */
export interface Rewriting<T> {
  readonly result: T
  readonly pieces?: readonly Buffer[]
  /** The new permission bits, if they are to change; for a new file, instead of 0666 less the umask. */
  readonly mode?: number
}

/**
 * Changes the bytes of a file as `HtpasswdFile.update` describes.
 *
 * @param rewrite is given the bytes as they are, none if there is no file. It may run more than once.
 */
export async function rewriteFile<T>(
  path: string,
  rewrite: (bytes: Buffer | undefined) => Promise<Rewriting<T>>,
  options: UpdateOptions = {},
): Promise<T> {
  rejectUnknownKeys('UpdateOptions', options, ['create', 'replace', 'lockTimeout', 'inPlace', 'onPrivate'])
  const { replace = false, create = replace, lockTimeout = DEFAULT_LOCK_TIMEOUT } = options
  if (typeof lockTimeout !== 'number' || !(lockTimeout >= 0)) {
    throw new HtpasswdError(
      'ERR_OPTION',
      `"lockTimeout" expected milliseconds from 0, got ${String(lockTimeout)}`,
    )
  }
  const target = await linkTarget(path)
  const lock = await acquireLock(target, lockTimeout)
  try {
    const stats = currentStats(target)
    if (stats !== undefined) await recover(target, stats)
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const before = await readSnapshot(target)
      if (before === undefined && !create) {
        throw new HtpasswdError('ERR_FILE_ACCESS', `cannot modify file ${path}; use '-c' to create it`)
      }
      const { result, pieces, mode } = await rewrite(before?.bytes)
      if (pieces === undefined || (await write(target, lock, before, pieces, mode, options))) return result
      if (!lock.isHeld())
        throw new HtpasswdError('ERR_FILE_BUSY', `cannot write ${path}: lost its lock; try again`)
    }
  } finally {
    lock.release()
  }
  throw new HtpasswdError('ERR_FILE_BUSY', `cannot write ${path}: other programs kept writing it; try again`)
}

/** @returns false if another program wrote the file since `before`; then nothing was written. */
async function write(
  path: string,
  lock: Lock,
  before: Snapshot | undefined,
  chunks: readonly Buffer[],
  mode: number | undefined,
  { inPlace = false, onPrivate }: UpdateOptions,
): Promise<boolean> {
  const stamp = before?.stamp ?? ''
  const isCurrent = (): boolean => lock.isHeld() && currentStamp(path) === stamp
  const newMode = mode === undefined ? undefined : BigInt(mode)
  // only a write in place keeps all names of a file with hard links
  if (before === undefined || !(inPlace || lock.isElsewhere || before.stats.nlink > 1n)) {
    const previous = before && {
      uid: before.stats.uid,
      gid: before.stats.gid,
      mode: newMode ?? before.stats.mode,
    }
    const replacement = { path, chunks, previous, newMode: mode, lockId: lock.id, isCurrent, onPrivate }
    const replaced = await replaceFile(replacement)
    if (replaced !== 'write in place') return replaced
  }
  return writeInPlace({ path, chunks, before: before as Snapshot, mode: newMode, isCurrent })
}
