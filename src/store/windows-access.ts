// Permissions of a password file on Windows: a new one is readable by its owner, Administrators and SYSTEM only, a
// replaced one keeps its permissions.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { runSystemProgram } from '../platform/windows-program.ts'

/** Runs one of Windows' own programs. @returns its output; undefined if it is missing or fails. */
export type RunTool = (name: string, args: readonly string[]) => Promise<string | undefined>

const TIMEOUT_MS = 10_000

const runTool: RunTool = (name, args) => runSystemProgram(name, args, TIMEOUT_MS).catch(() => undefined)

// BUILTIN\Administrators and NT AUTHORITY\SYSTEM by identifier, because their names are translated (MS-DTYP 2.4.2.4)
const ADMINISTRATORS = 'S-1-5-32-544'
const SYSTEM = 'S-1-5-18'

/**
 * Removes the permissions that a new file inherits from its folder, and gives full access to the current user,
 * Administrators and SYSTEM only.
 *
 * @returns whether that was done; a system without the tools keeps the inherited permissions.
 */
export async function restrictToOwner(path: string, run: RunTool = runTool): Promise<boolean> {
  const [user] = /S-1-[\d-]+/.exec((await run('whoami', ['/user', '/fo', 'csv', '/nh'])) ?? '') ?? []
  if (user === undefined) return false
  const grants = [user, ADMINISTRATORS, SYSTEM].map(sid => `*${sid}:F`)
  return (await run('icacls', [path, '/inheritance:r', '/grant:r', ...grants, '/q'])) !== undefined
}

/**
 * Gives a file the permissions of the file that it is going to replace, since a rename does not keep them. Inherited
 * permissions are on the new file already. If they cannot be copied, the file gets those of a new one: too few
 * permissions are safer than too many.
 */
export async function copyAccess(from: string, to: string, run: RunTool = runTool): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'htpasswd-access-')).catch(() => undefined)
  if (folder === undefined) return
  try {
    const list = join(folder, 'list')
    if ((await run('icacls', [from, '/save', list, '/q'])) === undefined) return
    // two lines of UTF-16: the file's name, and its permissions in SDDL (MS-DTYP 2.5.1)
    const permissions = (await readFile(list, 'utf16le').catch(() => '')).split('\r\n')[1] ?? ''
    if (isInherited(permissions)) return
    const done = await writeFile(list, `${basename(to)}\r\n${permissions}\r\n`, 'utf16le').then(
      () => run('icacls', [dirname(to), '/restore', list, '/q']),
      () => undefined,
    )
    if (done === undefined) await restrictToOwner(to, run)
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** Such as `D:AI(A;ID;FA;;;SY)…`: without the flag P ("protected"), and with ID ("inherited") in every entry. */
function isInherited(permissions: string): boolean {
  const entries = [...permissions.matchAll(/\(\w+;(\w*);/g)]
  return !/^D:[A-Z]*P/.test(permissions) && entries.every(([, flags]) => flags?.includes('ID'))
}
