// The file behind symbolic links.
import { realpathSync } from 'node:fs'
import { readlink } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileError, isMissing } from './file-error.ts'

/** Since a rename onto a link would replace the link; works for a file that is yet to come. */
export async function linkTarget(path: string): Promise<string> {
  // Node puts the mark of a long path there itself (toNamespacedPath), and its realpath stumbles over one
  const absolute = resolve(path).replace(/^\\\\\?\\(?=[a-z]:)/i, '')
  try {
    // not the native one, which Windows refuses for long paths and some drives, and which turns a drive into its share
    return realpathSync(absolute)
  } catch (error) {
    if (!isMissing(error)) throw fileError(error, 'cannot open', path)
  }
  const link = await readlink(absolute).catch(() => undefined)
  // a link to nowhere: its target is what will be created
  return link === undefined ? absolute : linkTarget(resolve(dirname(absolute), link))
}
