// The one way the users of a password file are changed; their tokens follow.
import { HtpasswdDocument } from '../document/document.ts'
import { type Rewriting, rewriteFile, type UpdateOptions } from './rewrite.ts'
import { type BoundTokens, bindTokens } from './token-file.ts'

/** As `HtpasswdFile.update`. */
export function updateFile<T>(
  path: string,
  change: (document: HtpasswdDocument) => T | Promise<T>,
  options: UpdateOptions = {},
): Promise<T> {
  const edit = async (bytes: Buffer | undefined): Promise<Rewriting<T>> => {
    const document = new HtpasswdDocument(options.replace ? '' : bytes)
    const result = await change(document)
    return document.changed ? { result, pieces: document.chunks() } : { result }
  }
  return rewriteUsers(path, edit, options)
}

/**
 * As `updateFile`, for a change of the bytes.
 *
 * @param rewrite is given the current bytes, none if there is no file. It may run more than once.
 */
export async function rewriteUsers<T>(
  path: string,
  rewrite: (bytes: Buffer | undefined) => Promise<Rewriting<T>>,
  options: UpdateOptions = {},
): Promise<T> {
  let tokens: BoundTokens | undefined
  const rewriteAndBind = async (before: Buffer | undefined): Promise<Rewriting<T>> => {
    const rewriting = await rewrite(before)
    // with `replace` all users are new, and tokens of the old ones must not become theirs
    if (before !== undefined && rewriting.pieces !== undefined && !options.replace)
      tokens = await bindTokens(path, before, rewriting.pieces)
    return rewriting
  }
  const result = await rewriteFile(path, rewriteAndBind, options)
  await tokens?.drop()
  return result
}
