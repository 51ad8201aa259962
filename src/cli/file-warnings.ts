// Who else can write the password file: whoever can, can make a user of their own.
import { realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { shellWord } from './terminal/shell-word.ts'

const GROUP = 0o020
const OTHERS = 0o002
/** In a sticky folder, as /tmp is one, nobody replaces a file of somebody else (S_ISVTX of stat(2)). */
const STICKY = 0o1000

/** Somebody who could write the file, and the command that ends it. */
export interface FileWarning {
  readonly message: string
  readonly fix: string
}

/** Whether the mode lets the group or everybody write. */
export const othersCanWrite = (mode: number): boolean => (mode & (GROUP | OTHERS)) !== 0

/** By mode, so on POSIX alone; Windows shows no rights in a mode. */
export function fileWarnings(file: string, platform: NodeJS.Platform = process.platform): FileWarning[] {
  if (platform === 'win32') return []
  try {
    const path = realpathSync(file)
    const folder = dirname(path)
    const folderMode = statSync(folder).mode
    return [
      ...warningsOf(file, statSync(path).mode, 'write it'),
      ...(folderMode & STICKY ? [] : warningsOf(folder, folderMode, 'replace the password file')),
    ]
  } catch {
    // it is gone again, which is said where it is read
    return []
  }
}

function warningsOf(path: string, mode: number, can: string): FileWarning[] {
  if (!othersCanWrite(mode)) return []
  const who = mode & OTHERS ? 'every user of this machine' : 'every user of its group'
  const octal = (mode & 0o7777).toString(8)
  return [
    {
      message: `${path} has mode ${octal}: ${who} can ${can} and so log in`,
      fix: `chmod go-w ${shellWord(path)}`,
    },
  ]
}
