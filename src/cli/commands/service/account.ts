// The account of a systemd service: a temporary one if it can read everything it needs, otherwise the file's owner.
import { realpathSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { HtpasswdError } from '../../../errors.ts'
import type { Service } from './plan.ts'

/** Undefined for a temporary one, which systemd creates while the service runs (DynamicUser). */
export type Account = { readonly uid: number; readonly gid: number } | undefined

const ROOT = 0

/**
 * @throws HtpasswdError `ERR_FILE_ACCESS` if only root could run it, or its account could not read a file. Reported when
 *   it is installed, because the service itself would report it only in the journal.
 */
export function accountOf({
  passwordFile,
  reads,
  startsApp,
  folder,
}: Pick<Service, 'passwordFile' | 'reads' | 'startsApp' | 'folder'>): Account {
  const all = [passwordFile, ...reads]
  // an app writes its data to the folder, so its account must be the folder's owner
  if (!startsApp && all.every(path => canRead(undefined, path))) return undefined
  const owned = startsApp ? folder : passwordFile
  const { uid, gid } = statSync(owned)
  const account = { uid, gid }
  if (uid === ROOT) {
    const other = startsApp ? '' : `, or let every account read it: chmod 644 ${owned}`
    throw new HtpasswdError(
      'ERR_FILE_ACCESS',
      `${owned} belongs to root, and the guard must not run as root; change the owner: chown NAME ${owned}${other}`,
    )
  }
  const unreadable = all.find(path => !canRead(account, path))
  if (unreadable === undefined) return account
  throw new HtpasswdError(
    'ERR_FILE_ACCESS',
    `the service would run as the owner of ${owned} (uid ${uid}), who cannot read ${unreadable}; give that account permission to read it`,
  )
}

/** Decides by the mode bits of the file and of every folder above it. */
function canRead(account: Account, path: string): boolean {
  const file = realpathSync(path)
  if (!allows(account, statSync(file), 0o4)) return false
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (!allows(account, statSync(folder), 0o1)) return false
    if (folder === dirname(folder)) return true
  }
}

function allows(account: Account, { mode, uid, gid }: Stats, bit: number): boolean {
  const shift = account?.uid === uid ? 6 : account?.gid === gid ? 3 : 0
  return ((mode >> shift) & bit) !== 0
}
