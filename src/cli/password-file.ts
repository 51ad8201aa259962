// Which password file a command means, and what is reported of it: that it is not one, and who else can write it.
import { realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { HtpasswdDocument } from '../document/document.ts'
import { HtpasswdError } from '../errors.ts'
import { shellWord } from './terminal/output.ts'

/** Meant where neither the command line nor HTPASSWD_FILE names a file. */
export const DEFAULT_FILE = '.htpasswd'

/** The password file that is meant if the command line names none. */
export const defaultFile = (env: NodeJS.ProcessEnv): string => env.HTPASSWD_FILE || DEFAULT_FILE

/** `file` or `folder`, behind symbolic links; undefined for anything else and if there is nothing. */
export function kindOfPath(path: string): 'file' | 'folder' | undefined {
  try {
    const stats = statSync(path)
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : undefined
  } catch {
    return undefined
  }
}

/** For a folder where a password file was expected. */
export const folderMessage = (path: string): string =>
  `${path} is a folder; name a file in it, such as ${shellWord(join(path, DEFAULT_FILE))}`

/** A copy's path, spelled as the file was, unless a symbolic link leads elsewhere. */
export const shownAs = (file: string, copy: string): string =>
  copy.startsWith(resolve(file)) ? file + copy.slice(resolve(file).length) : copy

/** Apache's message for a line without a colon: this is some other file. */
export const notAPasswordFile = (file: string): HtpasswdError =>
  new HtpasswdError('ERR_RECORD', `The file ${file} does not appear to be a valid htpasswd file.`)

/** @throws HtpasswdError `ERR_RECORD` if the document is not that of a password file. */
export function rejectMalformed(document: HtpasswdDocument, file: string): void {
  if (document.isMalformed) throw notAPasswordFile(file)
}

/** Printed on Windows when a file is created, because a server that runs under its own account cannot read it. */
export const privateFile = (file: string): string =>
  `Only you, Administrators and SYSTEM can read ${file}; let a server's account read it with: icacls ${shellWord(file, 'FILE', 'win32')} /grant ACCOUNT:R\n`

const GROUP = 0o020
const OTHERS = 0o002
/** In a folder with the sticky bit, such as /tmp, only its owner can replace a file (S_ISVTX, stat(2)). */
const STICKY = 0o1000

/** Someone else who can write the file, and so add a user, and the command that prevents it. */
export interface FileWarning {
  readonly message: string
  readonly fix: string
}

/** Whether the mode lets the group or everybody write. */
export const othersCanWrite = (mode: number): boolean => (mode & (GROUP | OTHERS)) !== 0

/** Judges by mode, so on POSIX only: on Windows a mode says nothing about permissions. */
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
    // the file was removed in the meantime, which is reported when it is read
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
