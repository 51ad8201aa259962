// `htpasswd passwd`: a new password for a user who is in the file.
import { HtpasswdDocument } from '../../document/document.ts'
import { HtpasswdError } from '../../errors.ts'
import { makeHash } from '../../hash/hash-password.ts'
import { checkAccess } from '../../store/access.ts'
import { splitUser, USER_FORM } from '../options/file-argument.ts'
import { runCommand } from '../options/run-command.ts'
import type { CommandSpec, ValuesOf } from '../options/table.ts'
import { passwordSynonyms } from '../options/user-synonyms.ts'
import { keptHashing } from '../password/kept-hashing.ts'
import { newPassword } from '../password/new-password.ts'
import { noPassword } from '../password/options.ts'
import { rejectMalformed } from '../password-file.ts'
import { readUsers } from '../read-users.ts'
import type { Io } from '../terminal/io.ts'
import { printable, shellWord } from '../terminal/output.ts'
import { rejectUnshowable, storePassword, storingOptions } from './stored-password.ts'

export const passwdSpec: CommandSpec<typeof storingOptions> = {
  name: 'passwd',
  synopsis: [USER_FORM],
  takesUsers: true,
  describe:
    'Changes the password of a user. Asks for it twice and stores a bcrypt hash of cost 12; a strong record keeps its format ' +
    'and cost. Without FILE the file is .htpasswd, or the one that HTPASSWD_FILE names.',
  options: storingOptions,
  synonyms: passwordSynonyms,
  examples: ['htpasswd passwd users bob', 'htpasswd passwd users bob --generate words'],
  epilogue: 'Status 6: there is no such user; htpasswd add adds one.',
}

/** Runs the command and returns its exit status. */
export function passwd(argv: readonly string[], io: Io): Promise<number> {
  return runCommand(passwdSpec, argv, io, async ({ positionals, values }) => {
    const { file, user } = splitUser(positionals, io.env, noPassword)
    await changePassword(file, user, values, io)
    return 0
  })
}

async function changePassword(
  file: string,
  user: string,
  values: ValuesOf<typeof storingOptions>,
  io: Io,
): Promise<void> {
  const { bytes } = await readUsers(file)
  checkAccess(file, 'update')
  rejectUnshowable(values, io)
  const rejectUnknown = (document: HtpasswdDocument): void => {
    rejectMalformed(document, file)
    if (!document.has(user)) throw unknown(file, user)
  }
  // before the password is asked for; again under the lock
  const before = new HtpasswdDocument(bytes)
  rejectUnknown(before)
  const { password, isShown } = await newPassword(user, values, io)
  const hash = await makeHash(password, keptHashing(before.get(user)) ?? {})
  const change = (document: HtpasswdDocument): void => {
    rejectUnknown(document)
    document.set(user, hash)
  }
  await storePassword({ file, password, isShown, values, create: false, change }, io)
  if (values.json) io.out(`${JSON.stringify({ file, user, done: 'updated' })}\n`)
  else io.err(`Changed the password of ${printable(user)} in ${file}.\n`)
}

const unknown = (file: string, user: string): HtpasswdError =>
  new HtpasswdError(
    'ERR_USER_MISSING',
    `${printable(user)} is not in ${file}; to add this user: htpasswd add ${shellWord(file)} ${shellWord(user, 'USER')}`,
  )
