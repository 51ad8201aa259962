// Who may read a password file on Windows: a new one only its owner, Administrators and SYSTEM, a replaced one as before.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { runSystemProgram } from '../platform/windows-program.ts'

/** Runs one of Windows' own programs and gives what it printed; undefined where it is missing or fails. */
export type RunTool = (name: string, args: readonly string[]) => Promise<string | undefined>

const LIMIT_MILLISECONDS = 10_000

const runTool: RunTool = (name, args) =>
  runSystemProgram(name, args, LIMIT_MILLISECONDS).catch(() => undefined)

// by number, for their names are translated: BUILTIN\Administrators and NT AUTHORITY\SYSTEM (MS-DTYP 2.4.2.4)
const ADMINISTRATORS = 'S-1-5-32-544'
const SYSTEM = 'S-1-5-18'

/**
 * Takes the rights that a new file has from its folder, and gives full ones to us, Administrators and SYSTEM alone.
 *
 * @returns whether that was done; a system without the tools keeps the folder's rights.
 */
export async function restrictToOwner(path: string, run: RunTool = runTool): Promise<boolean> {
  const [user] = /S-1-[\d-]+/.exec((await run('whoami', ['/user', '/fo', 'csv', '/nh'])) ?? '') ?? []
  if (user === undefined) return false
  const grants = [user, ADMINISTRATORS, SYSTEM].map(sid => `*${sid}:F`)
  return (await run('icacls', [path, '/inheritance:r', '/grant:r', ...grants, '/q'])) !== undefined
}

/**
 * Gives a file the rights of the one that it is about to replace: a rename takes none over. Rights that come from
 * the folder alone are on the new file already. Where they cannot be carried over, too few are better than too many.
 */
export async function copyAccess(from: string, to: string, run: RunTool = runTool): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'htpasswd-access-')).catch(() => undefined)
  if (folder === undefined) return
  try {
    const list = join(folder, 'list')
    if ((await run('icacls', [from, '/save', list, '/q'])) === undefined) return
    // two lines of UTF-16: the file's name, and its rights in SDDL (MS-DTYP 2.5.1)
    const rights = (await readFile(list, 'utf16le').catch(() => '')).split('\r\n')[1] ?? ''
    if (isInherited(rights)) return
    const done = await writeFile(list, `${basename(to)}\r\n${rights}\r\n`, 'utf16le').then(
      () => run('icacls', [dirname(to), '/restore', list, '/q']),
      () => undefined,
    )
    if (done === undefined) await restrictToOwner(to, run)
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** `D:AI(A;ID;FA;;;SY)…`: no P for "protected" among its flags, and ID, "inherited", on every entry. */
function isInherited(rights: string): boolean {
  const entries = [...rights.matchAll(/\(\w+;(\w*);/g)]
  return !/^D:[A-Z]*P/.test(rights) && entries.every(([, flags]) => flags?.includes('ID'))
}
