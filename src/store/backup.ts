// A backup copy of a password file, made before a change that cannot be undone.
import { type FileHandle, open } from 'node:fs/promises'
import { syncFile } from '../platform/sync-file.ts'
import { fileError } from './file-error.ts'
import { linkTarget } from './link-target.ts'
import { inTemporaryFolder, isRefusedByFolder } from './side-files.ts'
import { currentStats } from './snapshot.ts'

/** With that many, some can be deleted. */
const MOST_BACKUPS = 1000

/**
 * Writes the bytes to `FILE.bak` or, if that exists, to `FILE.bak2`, `FILE.bak3` …: never over another file. On POSIX only
 * its owner can read it, on Windows everyone who can read the file. Where the folder cannot be written, the copy is in the
 * system's temporary folder, named by device and inode.
 *
 * @param path the file; if it is a link, the copy is beside the file that it points to.
 * @returns the path of the copy.
 * @throws HtpasswdError `ERR_FILE_WRITE`.
 */
export async function backUp(path: string, bytes: Uint8Array): Promise<string> {
  const target = await linkTarget(path)
  const { handle, copy } = await createBeside(target)
  try {
    if (process.platform === 'win32') await (await import('./windows-access.ts')).copyAccess(target, copy)
    await handle.writeFile(bytes)
    await syncFile(handle)
  } catch (error) {
    throw fileError(error, 'cannot write', copy)
  } finally {
    await handle.close()
  }
  return copy
}

interface Created {
  readonly handle: FileHandle
  readonly copy: string
}

async function createBeside(target: string): Promise<Created> {
  const first = `${target}.bak`
  try {
    return await createFree(first)
  } catch (error) {
    const stats = isRefusedByFolder(error) ? currentStats(target) : undefined
    if (stats === undefined) throw fileError(error, 'cannot write', first)
    const elsewhere = inTemporaryFolder(stats, 'backup')
    return await createFree(elsewhere).catch(cause => {
      throw fileError(cause, 'cannot write', elsewhere)
    })
  }
}

/** @throws the errors of node:fs. */
async function createFree(first: string): Promise<Created> {
  for (let number = 1; ; number++) {
    const copy = number === 1 ? first : `${first}${number}`
    try {
      return { handle: await open(copy, 'wx', 0o600), copy }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || number === MOST_BACKUPS) throw error
    }
  }
}
