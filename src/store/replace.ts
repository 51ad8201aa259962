// Replaces a file in one step: a new file in the same folder, synced, with everything the old one has, renamed onto it.
// By hand, because write-file-atomic and atomically take one whole buffer and do not check again before the rename.
import { constants } from 'node:fs'
import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { HtpasswdError } from '../errors.ts'
import { syncFile } from '../platform/sync-file.ts'
import { CannotKeepError, createLike, type FileLike, keepAttributes } from './attributes.ts'
import { fileError, isHeldOpen, isMissing } from './file-error.ts'
import { isRefusedByFolder, newFile } from './side-files.ts'

/** The least number of bytes per write: a document with many small changes consists of many small chunks. */
const WRITE_BYTES = 1 << 20

function* joined(chunks: readonly Buffer[]): Generator<Buffer> {
  let small: Buffer[] = []
  let size = 0
  for (const chunk of chunks) {
    small.push(chunk)
    size += chunk.length
    if (size < WRITE_BYTES) continue
    yield small.length === 1 ? chunk : Buffer.concat(small)
    small = []
    size = 0
  }
  yield Buffer.concat(small)
}

/**
 * Writes all chunks from the start of the file. In a loop, because a write may be partial; and not from an iterable, which
 * Yarn's PnP does not pass on to node:fs.
 *
 * @returns how many bytes were written.
 */
export async function writeAll(handle: FileHandle, chunks: readonly Buffer[]): Promise<number> {
  let position = 0
  for (const chunk of joined(chunks)) {
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, position)
      done += bytesWritten
      position += bytesWritten
    }
  }
  return position
}

/** A change of a file; the caller holds its lock. */
export interface Replacement {
  readonly path: string
  readonly chunks: readonly Buffer[]
  /** The file as it was, for its mode and owner; undefined for a new file. */
  readonly previous: FileLike | undefined
  /** The mode of a new file. Default: 0666 less the umask. */
  readonly newMode?: number | undefined
  readonly lockId: string
  /** Asked after everything is written and synced; if it returns false, nothing is replaced. */
  readonly isCurrent: () => boolean
  /** Called after a new file was created that only its owner and administrators can read (Windows). */
  readonly onPrivate?: (() => void) | undefined
}

/**
 * Replaces the file.
 *
 * @returns whether it was replaced; `'write in place'` if a rename would lose something or is refused.
 * @throws HtpasswdError; the old file is as it was, and nothing is left behind.
 */
export async function replaceFile(replacement: Replacement): Promise<boolean | 'write in place'> {
  const { path, chunks, previous, newMode, lockId, isCurrent, onPrivate } = replacement
  const temporary = newFile(path, lockId)
  let isPrivate = false
  try {
    const handle = await createLike(temporary, previous && path, newMode)
    try {
      // before the first byte, because permissions that are set later come too late
      if (process.platform === 'win32') isPrivate = await setWindowsAccess(temporary, previous && path)
      await writeAll(handle, chunks)
      if (previous !== undefined) await keepAttributes(handle, temporary, previous, path)
      await syncFile(handle)
    } finally {
      await handle.close()
    }
    if (!(await renameWhileCurrent(temporary, path, isCurrent))) {
      await removeIfThere(temporary)
      return false
    }
  } catch (error) {
    await removeIfThere(temporary).catch(() => undefined)
    if (previous !== undefined && isRefused(error)) return 'write in place'
    throw fileError(error, 'cannot write', path)
  }
  await syncFolder(dirname(path))
  if (isPrivate) onPrivate?.()
  return true
}

/** A mount point answers EBUSY to a rename, a file system that refuses one EPERM or EXDEV. */
const isRefused = (error: unknown): boolean =>
  process.platform !== 'win32' &&
  (error instanceof CannotKeepError ||
    isRefusedByFolder(error) ||
    ['EBUSY', 'EXDEV', 'ENOTSUP', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? ''))

/** @returns whether the file is private where it was not before. */
async function setWindowsAccess(temporary: string, previousPath: string | undefined): Promise<boolean> {
  const { copyAccess, restrictToOwner } = await import('./windows-access.ts')
  if (previousPath === undefined) return restrictToOwner(temporary)
  await copyAccess(previousPath, temporary)
  return false
}

async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch(error => {
    if (!isMissing(error)) throw error
  })
}

/** On Windows, virus scanners, indexers and readers hold a file open for a moment, and some servers for longer. */
const RENAME_LIMIT_MS = 10_000

/** @returns false if others changed the file in the meantime. */
async function renameWhileCurrent(from: string, to: string, isCurrent: () => boolean): Promise<boolean> {
  const deadline = performance.now() + RENAME_LIMIT_MS
  for (;;) {
    if (!isCurrent()) return false
    try {
      await rename(from, to)
      return true
    } catch (error) {
      if (process.platform !== 'win32' || !isHeldOpen(error)) throw error
      if (performance.now() > deadline) throw heldOpenError(to, error)
      // random, because a reader that returns at fixed intervals would otherwise collide with every attempt
      await delay(Math.random() * 20)
    }
  }
}

const heldOpenError = (path: string, cause: unknown): HtpasswdError =>
  new HtpasswdError(
    'ERR_FILE_BUSY',
    `cannot write ${path}: for ${RENAME_LIMIT_MS / 1000} s another program has held it open, or you may not replace ` +
      'it; close that program and try again; the file is as it was',
    { cause },
  )

/** A rename is on the disk only when its folder is. Windows has no such call. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  try {
    const handle = await open(folder, constants.O_RDONLY)
    await syncFile(handle).finally(() => handle.close())
  } catch {
    // some file systems refuse to sync a folder; the file is in place anyway
  }
}
