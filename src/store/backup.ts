// A backup copy of a password file, made before a change that cannot be undone.
import { type FileHandle, open } from 'node:fs/promises'
import { fileError } from './file-error.ts'
import { linkTarget } from './link-target.ts'

/** With that many, some can be deleted. */
const MOST_BACKUPS = 1000

/**
 * Writes the bytes to `FILE.bak` or, if that exists, to `FILE.bak2`, `FILE.bak3` …: never over another file. On POSIX only
 * its owner can read it, on Windows everyone who can read the file.
 *
 * @param path the file; if it is a link, the copy is beside the file that it points to.
 * @returns the path of the copy.
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
