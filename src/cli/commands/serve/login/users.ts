// The users of the guard: opens the password file, and reports its changes to the operator.
import { HtpasswdError } from '../../../../errors.ts'
import { identify } from '../../../../hash/registry.ts'
import { isServiceAccount } from '../../../../hash/service-account.ts'
import { HtpasswdFile } from '../../../../store/htpasswd-file.ts'
import { folderMessage, kindOfPath } from '../../../password-file.ts'
import { withCreationAdvice } from '../../../read-users.ts'
import { count, shellWord } from '../../../terminal/output.ts'
import type { OnReload } from '../metrics/reloads.ts'
import { environmentUsers, USERS_VARIABLE, type Users } from './environment-users.ts'

/**
 * @param lines the users themselves, from HTPASSWD_USERS, in place of a file.
 * @throws HtpasswdError for a file that is missing, unreadable, empty or without any user who could log in.
 */
export async function openUsers(path: string, lines?: string): Promise<Users> {
  if (lines !== undefined) {
    const users = environmentUsers(lines)
    const fault = faultOf(users)
    if (fault === undefined) return users
    throw new HtpasswdError('ERR_RECORD', `${USERS_VARIABLE} ${fault}`)
  }
  if (kindOfPath(path) === 'folder') throw new HtpasswdError('ERR_FILE_ACCESS', folderMessage(path))
  const file = await HtpasswdFile.open(path).catch((error: HtpasswdError) => {
    throw withCreationAdvice(error, path, ' (or start with --init)')
  })
  const fault = faultOf(file)
  if (fault === undefined) return file
  throw new HtpasswdError(
    'ERR_RECORD',
    `${path} ${fault}; ${file.size === 0 ? 'add a user with: htpasswd add' : 'set a password with: htpasswd passwd'} ${shellWord(path)} NAME`,
  )
}

/** The users and their stored hashes, in the order of the file: read one after the other, because there may be a million. */
export type UserRecords = Iterable<readonly [user: string, hash: string]> & { readonly length: number }

export const recordsOf = (file: Users): UserRecords => ({
  length: file.size,
  [Symbol.iterator]: () => file.records(),
})

/** Why no user of a file can log in; undefined if some can. */
function faultOf(file: Users): string | undefined {
  if (file.size === 0) return 'has no users'
  for (const [, hash] of recordsOf(file))
    if (identify(hash) !== undefined || isServiceAccount(hash)) return undefined
  return 'has no user who can log in: every hash is plain text, locked, damaged or of an unknown format'
}

/** Reports changes until it is disposed of. */
export interface UserReports extends Disposable {
  /** Reports how many users there are now, for SIGHUP. */
  report(): void
}

export function reportChanges(file: Users, notify: (text: string) => void, onReload?: OnReload): UserReports {
  const report = (): void => {
    const fault = faultOf(file)
    if (fault === undefined) notify(`${file.path} was read again: ${count(file.size, 'user')}`)
    else notify(`warning: ${file.path} ${fault}; nobody can log in`)
  }
  const onChange = (): void => {
    onReload?.('users', true)
    report()
  }
  const onError = (error: Error): void => {
    onReload?.('users', false)
    notify(`warning: ${error.message}; the ${count(file.size, 'user')} read last can still log in`)
  }
  const watch = file.watch({ onChange, onError })
  return { report, [Symbol.dispose]: () => watch[Symbol.dispose]() }
}
