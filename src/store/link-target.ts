// The target of symbolic links.
import { realpathSync } from 'node:fs'
import { readlink } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileError, isMissing } from './file-error.ts'

/** Where a path leads: a rename onto a link would replace the link. Also for a file that does not exist yet. */
export async function linkTarget(path: string): Promise<string> {
  // Node adds the prefix of long paths itself (toNamespacedPath), and its realpath fails with one
  const absolute = resolve(path).replace(/^\\\\\?\\(?=[a-z]:)/i, '')
  try {
    // not realpathSync.native: on Windows it fails for long paths and some drives, and turns a drive into its network share
    return realpathSync(absolute)
  } catch (error) {
    if (!isMissing(error)) throw fileError(error, 'cannot open', path)
  }
  const link = await readlink(absolute).catch(() => undefined)
  // a dangling link: its target is what will be created
  return link === undefined ? absolute : linkTarget(resolve(dirname(absolute), link))
}
