// A copy of a password file beside it, before something is changed that cannot be changed back.
import { type FileHandle, open } from 'node:fs/promises'
import { fileError } from './file-error.ts'
import { linkTarget } from './link-target.ts'

/** Somebody who has so many can take some away. */
const MOST_BACKUPS = 1000

/**
 * Writes the bytes to `FILE.bak`, or where that is taken to `FILE.bak2`, `FILE.bak3` …: never over another file.
 * On POSIX only its owner can read it, on Windows those who can read the file.
 *
 * @param path the file; where it is a link, the copy stands beside what it points to.
 * @returns the copy's path.
 * @throws HtpasswdError `ERR_FILE_WRITE`.
 */
export async function backUp(path: string, bytes: Uint8Array): Promise<string> {
  const target = await linkTarget(path)
  const { handle, copy } = await createFree(target)
  try {
    if (process.platform === 'win32') await (await import('./windows-access.ts')).copyAccess(target, copy)
    await handle.writeFile(bytes)
    await handle.sync()
  } catch (error) {
    throw fileError(error, 'cannot write', copy)
  } finally {
    await handle.close()
  }
  return copy
}

async function createFree(target: string): Promise<{ handle: FileHandle; copy: string }> {
  for (let number = 1; ; number++) {
    const copy = `${target}.bak${number === 1 ? '' : number}`
    try {
      return { handle: await open(copy, 'wx', 0o600), copy }
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EEXIST'
      if (!isTaken || number === MOST_BACKUPS) throw fileError(error, 'cannot write', copy)
    }
  }
}
