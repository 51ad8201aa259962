// The one way a password file is changed: lock, read, change, write beside it, look again, rename.
import { HtpasswdDocument } from '../document/document.ts'
import { HtpasswdError, rejectUnknownKeys } from '../errors.ts'
import { replaceFile } from './atomic-write.ts'
import { linkTarget } from './link-target.ts'
import { acquireLock, DEFAULT_LOCK_TIMEOUT } from './lock.ts'
import { currentStamp, readSnapshot } from './snapshot.ts'

/** How a file is updated. */
export interface UpdateOptions {
  /** Make the file where it is missing. Default: false, a missing file is an error. */
  readonly create?: boolean
  /** Begin with an empty document, whatever the file holds (implies `create`). Default: false. */
  readonly replace?: boolean
  /** How long to wait for other writers, in milliseconds. Default: 30000. */
  readonly lockTimeout?: number
  /** Called on Windows after a new file was made that only its owner, Administrators and SYSTEM can read. */
  readonly onPrivate?: () => void
}

/** Programs that take no lock may get in between; so often the change is made anew on what they wrote. */
const MAX_ATTEMPTS = 20

/** As `HtpasswdFile.update`. */
export async function updateFile<T>(
  path: string,
  change: (document: HtpasswdDocument) => T | Promise<T>,
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
      const document = new HtpasswdDocument(replace ? '' : before?.bytes)
      const result = await change(document)
      if (!document.changed) return result
      const stamp = before?.stamp ?? ''
      const isCurrent = (): boolean => lock.isHeld() && currentStamp(target) === stamp
      if (await replaceFile(target, document.pieces(), before?.stats, isCurrent, onPrivate)) return result
      if (!lock.isHeld())
        throw new HtpasswdError('ERR_FILE_BUSY', `cannot write ${path}: lost its lock; try again`)
    }
  } finally {
    lock.release()
  }
  throw new HtpasswdError('ERR_FILE_BUSY', `cannot write ${path}: other programs kept writing it; try again`)
}
