// The backup of a file that `-c` overwrites: kept at a terminal only, where a tutorial's command, typed again for a
// second user, would delete the first one. For a script, `-c` works as in Apache's command.
import { unlink } from 'node:fs/promises'
import { HtpasswdDocument } from '../../document/document.ts'
import { shownAs } from '../password-file.ts'
import type { Io } from '../terminal/io.ts'
import { count } from '../terminal/output.ts'

/**
 * Runs `replace`, which replaces the file, then tells where the old file is.
 *
 * @param replace calls `keep` with the content of the file before it is lost; again if it has to start over.
 */
export async function keepingOldFile<T>(
  file: string,
  io: Io,
  replace: (keep: (before: Buffer | undefined) => Promise<void>) => Promise<T>,
): Promise<T> {
  let kept: { readonly copy: string; readonly before: Buffer } | undefined
  const keep = async (before: Buffer | undefined): Promise<void> => {
    // only where a person reads the message about it
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
