// Replaces a file in one step: a new file in the same folder, synced, with the old one's mode and owner, renamed onto it.
// By hand, because write-file-atomic and atomically take one whole buffer and no last look before the rename.
import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open, rename, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { HtpasswdError } from '../errors.ts'
import { fileError, isHeldOpen, isMissing } from './file-error.ts'

/** What a new file takes over from the one that it replaces. */
export type FileLike = Pick<BigIntStats, 'uid' | 'gid' | 'mode'>

/** The least that is handed to the system at once: a file of many small changes is many small pieces. */
const CHUNK_BYTES = 1 << 20

function* chunks(pieces: readonly Buffer[]): Generator<Buffer> {
  let small: Buffer[] = []
  let size = 0
  for (const piece of pieces) {
    small.push(piece)
    size += piece.length
    if (size < CHUNK_BYTES) continue
    yield small.length === 1 ? piece : Buffer.concat(small)
    small = []
    size = 0
  }
  yield Buffer.concat(small)
}

/**
 * Writes `pieces` to a new file and renames it onto `path`; only the caller that holds the lock may do it.
 *
 * @param previous the file as it was, for its mode and owner; undefined for a new file (0666 less the umask).
 * @param isCurrent asked after all is written and synced; where it says no, nothing is replaced.
 * @param onPrivate called where a new file was made readable by its owner and administrators alone (Windows).
 * @returns whether the file was replaced.
 * @throws HtpasswdError; the old file is then as it was, and nothing is left behind.
 */
export async function replaceFile(
  path: string,
  pieces: readonly Buffer[],
  previous: FileLike | undefined,
  isCurrent: () => boolean,
  onPrivate: () => void = () => {},
): Promise<boolean> {
  // one name, for there is one writer: what a killed one left is cleared by the next
  const temporary = `${path}.htpasswd-new`
  let isPrivate = false
  try {
    await removeIfThere(temporary)
    // exclusive, so that a link planted there is not followed
    const handle = await open(temporary, 'wx', previous === undefined ? 0o666 : 0o600)
    try {
      // before the first byte: rights that come later come too late
      if (process.platform === 'win32') isPrivate = await setWindowsAccess(temporary, previous && path)
      await writeFile(handle, chunks(pieces))
      if (previous !== undefined) await keepOwnerAndMode(handle, previous, path)
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (!(await renameWhileCurrent(temporary, path, isCurrent))) {
      await removeIfThere(temporary)
      return false
    }
  } catch (error) {
    await removeIfThere(temporary).catch(() => undefined)
    throw fileError(error, 'cannot write', path)
  }
  await syncFolder(dirname(path))
  if (isPrivate) onPrivate()
  return true
}

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

async function keepOwnerAndMode(handle: FileHandle, previous: FileLike, path: string): Promise<void> {
  if (process.platform === 'win32') return
  const now = await handle.stat({ bigint: true })
  if (now.uid !== previous.uid || now.gid !== previous.gid) {
    await handle.chown(Number(previous.uid), Number(previous.gid)).catch(error => {
      const owner = `owner ${previous.uid} and group ${previous.gid}`
      throw new HtpasswdError(
        'ERR_FILE_OWNER',
        `cannot write ${path}: its ${owner} would be lost; run as its owner or as root`,
        {
          cause: error,
        },
      )
    })
  }
  await handle.chmod(Number(previous.mode & 0o7777n))
}

/** On Windows virus scanners, indexers and readers hold a file open for a moment, and some servers for longer. */
const RENAME_LIMIT_MILLISECONDS = 10_000

/** @returns false where others changed the file meanwhile. */
async function renameWhileCurrent(from: string, to: string, isCurrent: () => boolean): Promise<boolean> {
  const deadline = performance.now() + RENAME_LIMIT_MILLISECONDS
  for (;;) {
    if (!isCurrent()) return false
    try {
      await rename(from, to)
      return true
    } catch (error) {
      if (process.platform !== 'win32' || !isHeldOpen(error)) throw error
      if (performance.now() > deadline) throw heldOpenError(to, error)
      // at random: a reader that comes back in steps would else meet every attempt
      await delay(Math.random() * 20)
    }
  }
}

const heldOpenError = (path: string, cause: unknown): HtpasswdError =>
  new HtpasswdError(
    'ERR_FILE_BUSY',
    `cannot write ${path}: another program has held it open for ${RENAME_LIMIT_MILLISECONDS / 1000} s, or you may ` +
      'not replace it; close that program and try again; the file is as it was',
    { cause },
  )

/** The rename itself is on the disk only when its folder is; Windows has no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  try {
    const handle = await open(folder, constants.O_RDONLY)
    await handle.sync().finally(() => handle.close())
  } catch {
    // some file systems refuse to sync a folder; the new file is in place all the same
  }
}
