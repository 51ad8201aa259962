// The one way a password file is changed: lock, read, change, write beside it, look again, rename.
import type { BigIntStats } from 'node:fs'
import { HtpasswdDocument } from '../document/document.ts'
import { HtpasswdError, rejectUnknownKeys } from '../errors.ts'
import { type FileLike, replaceFile } from './atomic-write.ts'
import { linkTarget } from './link-target.ts'
import { acquireLock, DEFAULT_LOCK_TIMEOUT } from './lock.ts'
import { currentStamp, readSnapshot } from './snapshot.ts'

/** How a file is updated. */
export interface UpdateOptions {
  /** Create a missing file. Default: false, a missing file is an error. */
  readonly create?: boolean
  /** Start with an empty document, whatever the file contains (implies `create`). Default: false. */
  readonly replace?: boolean
  /** How long to wait for other writers, in milliseconds. Default: 30000. */
  readonly lockTimeout?: number
  /** Called on Windows after a new file was created, which only its owner, Administrators and SYSTEM can read. */
  readonly onPrivate?: () => void
}

/** Programs that take no lock may get in between; so often the change is made anew on what they wrote. */
const MAX_ATTEMPTS = 20

/** What is to become of a file: its new bytes, or none where it stays. */
export interface Rewriting<T> {
  readonly result: T
  readonly pieces?: readonly Buffer[]
  /** The new permission bits; those that it has, where they are left out. */
  readonly mode?: number
}

/** As `HtpasswdFile.update`. */
export function updateFile<T>(
  path: string,
  change: (document: HtpasswdDocument) => T | Promise<T>,
  options: UpdateOptions = {},
): Promise<T> {
  const edit = async (bytes: Buffer | undefined): Promise<Rewriting<T>> => {
    const document = new HtpasswdDocument(options.replace ? '' : bytes)
    const result = await change(document)
    return document.changed ? { result, pieces: document.chunks() } : { result }
  }
  return rewriteFile(path, edit, options)
}

/**
 * The same for a change of the bytes, whatever they are.
 *
 * @param rewrite is given the bytes as they are, none where there is no file; it may run more than once.
 */
export async function rewriteFile<T>(
  path: string,
  rewrite: (bytes: Buffer | undefined) => Promise<Rewriting<T>>,
  options: UpdateOptions = {},
): Promise<T> {
  rejectUnknownKeys('UpdateOptions', options, ['create', 'replace', 'lockTimeout', 'onPrivate'])
  const { replace = false, create = replace, lockTimeout = DEFAULT_LOCK_TIMEOUT, onPrivate } = options
  if (typeof lockTimeout !== 'number' || !(lockTimeout >= 0)) {
    throw new HtpasswdError(
      'ERR_OPTION',
      `"lockTimeout" expected milliseconds from 0, got ${String(lockTimeout)}`,
    )
  }
  const target = await linkTarget(path)
  const lock = await acquireLock(target, lockTimeout)
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const before = await readSnapshot(target)
      if (before === undefined && !create) {
        throw new HtpasswdError('ERR_FILE_ACCESS', `cannot modify file ${path}; use '-c' to create it`)
      }
      const { result, pieces, mode } = await rewrite(before?.bytes)
      if (pieces === undefined) return result
      const stamp = before?.stamp ?? ''
      const isCurrent = (): boolean => lock.isHeld() && currentStamp(target) === stamp
      if (await replaceFile(target, pieces, withMode(before?.stats, mode), isCurrent, onPrivate))
        return result
      if (!lock.isHeld())
        throw new HtpasswdError('ERR_FILE_BUSY', `cannot write ${path}: lost its lock; try again`)
    }
  } finally {
    lock.release()
  }
  throw new HtpasswdError('ERR_FILE_BUSY', `cannot write ${path}: other programs kept writing it; try again`)
}

/** Whose mode and owner the new file gets. */
const withMode = (stats: BigIntStats | undefined, mode: number | undefined): FileLike | undefined =>
  stats && { uid: stats.uid, gid: stats.gid, mode: mode === undefined ? stats.mode : BigInt(mode) }
