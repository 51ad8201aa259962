// Replaces a file in one step: a new file in the same folder, synced, with the old one's mode and owner, renamed onto it.
// By hand, because write-file-atomic and atomically take one whole buffer and no last look before the rename.
import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open, rename, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { HtpasswdError } from '../errors.ts'
import { fileError, isHeldOpen, isMissing } from './file-error.ts'

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
 * @returns whether the file was replaced.
 * @throws HtpasswdError; the old file is then as it was, and nothing is left behind.
 */
export async function replaceFile(
  path: string,
  pieces: readonly Buffer[],
  previous: BigIntStats | undefined,
  isCurrent: () => boolean,
): Promise<boolean> {
  // one name, for there is one writer: what a killed one left is cleared by the next
  const temporary = `${path}.htpasswd-new`
  try {
    await removeIfThere(temporary)
    // exclusive, so that a link planted there is not followed
    const handle = await open(temporary, 'wx', previous === undefined ? 0o666 : 0o600)
    try {
      await writeFile(handle, chunks(pieces))
      if (previous !== undefined) await keepOwnerAndMode(handle, previous, path)
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (!isCurrent()) {
      await removeIfThere(temporary)
      return false
    }
    await renameWithRetries(temporary, path)
  } catch (error) {
    await removeIfThere(temporary).catch(() => undefined)
    throw fileError(error, 'cannot write', path)
  }
  await syncFolder(dirname(path))
  return true
}

async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch(error => {
    if (!isMissing(error)) throw error
  })
}

async function keepOwnerAndMode(handle: FileHandle, previous: BigIntStats, path: string): Promise<void> {
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

/** Virus scanners, indexers and servers on Windows hold a file open for a moment; together this waits some 5 s. */
const RENAME_ATTEMPTS = 50

async function renameWithRetries(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to)
    } catch (error) {
      if (process.platform !== 'win32' || !isHeldOpen(error) || attempt === RENAME_ATTEMPTS) throw error
      await delay(Math.min(10 * attempt, 150))
    }
  }
}

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
