// The file that `-c` starts anew: at a terminal a copy is kept, because a tutorial's line, typed again for a second user,
// would delete the first one. A script gets what Apache's command does.
import { unlink } from 'node:fs/promises'
import { HtpasswdDocument } from '../../document/document.ts'
import { shownAs } from '../password-file.ts'
import type { Io } from '../terminal/io.ts'
import { count } from '../terminal/output.ts'

/**
 * Runs `replace`, which replaces the file, and says afterwards where the old one is.
 *
 * @param replace calls `keep` with what is in the file, before it is lost; again if it has to begin again.
 */
export async function keepingOldFile<T>(
  file: string,
  io: Io,
  replace: (keep: (before: Buffer | undefined) => Promise<void>) => Promise<T>,
): Promise<T> {
  let kept: { readonly copy: string; readonly before: Buffer } | undefined
  const keep = async (before: Buffer | undefined): Promise<void> => {
    // where the message about it will be read
    const isWorthIt = before !== undefined && before.length > 0 && io.isTerminal(2)
    if (!isWorthIt || kept !== undefined) return
    const { backUp } = await import('../../store/backup.ts')
    kept = { copy: await backUp(file, before), before }
  }
  try {
    const result = await replace(keep)
    if (kept !== undefined)
      io.err(`${file} had ${contentOf(kept.before)}; the old file is kept as ${shownAs(file, kept.copy)}\n`)
    return result
  } catch (error) {
    // the file was not replaced
    if (kept !== undefined) await unlink(kept.copy).catch(() => undefined)
    throw error
  }
}

function contentOf(before: Buffer): string {
  try {
    const { size } = new HtpasswdDocument(before)
    return size === 0 ? 'no users' : count(size, 'user')
  } catch {
    return 'UTF-16 text'
  }
}
