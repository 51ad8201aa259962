// Writes a file in place, as Apache's command does: for a mount point, hard links, a folder that cannot be written, an
// owner or attributes that a new file could not have, and programs that follow the inode.
import { type BigIntStats, closeSync, constants } from 'node:fs'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HtpasswdError } from '../errors.ts'
import { syncFile } from '../platform/sync-file.ts'
import { backUp } from './backup.ts'
import { fileError } from './file-error.ts'
import { isBetween, isTrusted, openRecovery, type Recovery, recoveryEnd, recoveryPaths } from './recovery.ts'
import { syncFolder, writeAll } from './replace.ts'
import {
  besideFile,
  inTemporaryFolder,
  isRefusedByFolder,
  lstatIfThere,
  removeIfAllowed,
} from './side-files.ts'
import { isSameInode, type Snapshot } from './snapshot.ts'

/** A change of an existing file, by the holder of its lock. */
export interface Overwriting {
  readonly path: string
  readonly chunks: readonly Buffer[]
  readonly before: Snapshot
  /** The new permission bits, if they are to change. */
  readonly mode?: bigint | undefined
  /** Asked when the recovery copy is complete; if it says no, nothing is written. */
  readonly isCurrent: () => boolean
}

/**
 * Writes the new content over the old one. After a kill at any moment and one more run the file has the old or the new
 * content; readers of this package see the old content meanwhile.
 *
 * @returns whether it was written.
 * @throws HtpasswdError; the file is as it was.
 */
export async function writeInPlace({ path, chunks, before, mode, isCurrent }: Overwriting): Promise<boolean> {
  const copy = await writeRecovery(path, before, chunks)
  if (!isCurrent()) {
    removeIfAllowed(copy)
    return false
  }
  try {
    await overwrite(path, before.stats, chunks, mode)
  } catch (error) {
    try {
      // the old content fits, even on a full disk
      if (!isCurrent()) await overwrite(path, before.stats, [before.bytes])
      removeIfAllowed(copy)
    } catch {
      // the next run restores it from the copy
    }
    throw fileError(error, 'cannot write', path)
  }
  removeIfAllowed(copy)
  return true
}

/**
 * Writes the chunks over the file's content.
 *
 * @throws the errors of node:fs; HtpasswdError `ERR_FILE_BUSY` if the path leads to another file by now.
 */
async function overwrite(
  path: string,
  file: BigIntStats,
  chunks: readonly Buffer[],
  mode?: bigint,
): Promise<void> {
  const handle = await open(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0))
  try {
    if (!isSameInode(await handle.stat({ bigint: true }), file))
      throw new HtpasswdError(
        'ERR_FILE_BUSY',
        `cannot write ${path}: it was replaced in the meantime; try again`,
      )
    // cut off afterwards: while a file is empty, nobody can log in
    await handle.truncate(await writeAll(handle, chunks))
    // a file system without modes refuses it, and the content counts
    if (mode !== undefined) await handle.chmod(Number(mode & 0o7777n)).catch(() => undefined)
    await syncFile(handle)
  } finally {
    await handle.close()
  }
}

/** @returns the path of the recovery copy: beside the file or, where the folder cannot be written, in the temporary folder. */
async function writeRecovery(
  path: string,
  { bytes, stats }: Snapshot,
  after: readonly Buffer[],
): Promise<string> {
  const { handle, copy } = await createCopy(path, stats)
  try {
    if (copy === besideFile(path, 'recovery')) await letReadersIn(handle, stats)
    const { changed, footer } = recoveryEnd(bytes, Buffer.concat(after))
    const end = await writeAll(handle, [bytes, changed])
    await syncFile(handle)
    await handle.write(footer, 0, footer.length, end)
    await syncFile(handle)
  } catch (error) {
    removeIfAllowed(copy)
    throw fileError(error, 'cannot write', copy)
  } finally {
    await handle.close()
  }
  await syncFolder(dirname(copy))
  return copy
}

async function createCopy(path: string, stats: BigIntStats): Promise<{ handle: FileHandle; copy: string }> {
  const [beside, elsewhere] = [besideFile(path, 'recovery'), inTemporaryFolder(stats, 'recovery')]
  try {
    return { handle: await open(beside, 'wx', 0o600), copy: beside }
  } catch (error) {
    if (!isRefusedByFolder(error)) throw copyError(error, path, beside)
  }
  try {
    return { handle: await open(elsewhere, 'wx', 0o600), copy: elsewhere }
  } catch (error) {
    throw copyError(error, path, elsewhere)
  }
}

/** The next writer deletes a copy that was left; one that it may not delete belongs to another user. */
const copyError = (error: unknown, path: string, copy: string): HtpasswdError =>
  (error as NodeJS.ErrnoException).code === 'EEXIST'
    ? new HtpasswdError(
        'ERR_FILE_ACCESS',
        `cannot write ${path}: ${copy} of another user is in the way; if nobody is writing the file, delete it`,
        { cause: error },
      )
    : fileError(error, 'cannot write', copy)

/** Who may read the file may read its old content. An ACL does not count, so such a reader waits for the new content. */
async function letReadersIn(handle: FileHandle, { uid, gid, mode }: BigIntStats): Promise<void> {
  if (process.platform === 'win32') return
  await handle.chown(Number(uid), Number(gid)).catch(() => undefined)
  const { gid: ownGroup } = await handle.stat({ bigint: true })
  const readable = ownGroup === gid ? 0o444n : 0o404n
  await handle.chmod(Number(mode & readable) | 0o600).catch(() => undefined)
}

/**
 * Finishes what a killed writer left, for the holder of the lock: a file that is half old and half new becomes the old
 * one again. If another program changed it since, the file stays as it is, and its old content becomes a backup.
 */
export async function recover(path: string, file: BigIntStats): Promise<void> {
  for (const copy of recoveryPaths(path, file)) {
    const stats = lstatIfThere(copy)
    if (stats === undefined) continue
    const recovery = isTrusted(copy, stats, file) ? openRecovery(path, copy) : undefined
    try {
      if (recovery !== undefined) await restore(path, file, recovery, copy)
    } finally {
      if (recovery !== undefined) closeSync(recovery.fd)
    }
    removeIfAllowed(copy)
  }
}

async function restore(path: string, file: BigIntStats, recovery: Recovery, copy: string): Promise<void> {
  const content = await readFile(path)
  const { before, after } = recovery.contents() ?? {}
  if (before === undefined || after === undefined || content.equals(before) || content.equals(after)) return
  if (isBetween(content, before, after)) await overwrite(path, file, [before])
  // a copy in the temporary folder may be that of a deleted file with the same inode
  else if (copy === besideFile(path, 'recovery')) await backUp(path, before)
}
