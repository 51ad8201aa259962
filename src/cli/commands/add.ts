// `htpasswd add`: a new user, in a file that is created if it is missing.
import { HtpasswdDocument } from '../../document/document.ts'
import { checkUsername } from '../../document/username.ts'
import { HtpasswdError } from '../../errors.ts'
import { makeHash } from '../../hash/hash-password.ts'
import { checkAccess } from '../../store/access.ts'
import { readSnapshot } from '../../store/snapshot.ts'
import { splitFile } from '../options/file-argument.ts'
import { runCommand } from '../options/run-command.ts'
import {
  type CommandSpec,
  helpOption,
  inPlaceOption,
  jsonOption,
  type OptionTable,
  type ValuesOf,
} from '../options/table.ts'
import { newPassword } from '../password/new-password.ts'
import { passwordOptions } from '../password/options.ts'
import { rejectMalformed } from '../password-file.ts'
import type { Io } from '../terminal/io.ts'
import { printable, shellWord } from '../terminal/output.ts'
import { rejectUnshowable, storePassword } from './stored-password.ts'

export const addOptions = {
  ...passwordOptions,
  'in-place': inPlaceOption,
  json: jsonOption,
  help: helpOption,
} as const satisfies OptionTable

export const addSpec: CommandSpec<typeof addOptions> = {
  name: 'add',
  synopsis: ['[FILE] USER'],
  takesUsers: true,
  describe:
    'Adds a user to a password file, and creates the file if it is missing. Asks for the password twice and stores a bcrypt ' +
    'hash of cost 12. Without FILE the file is .htpasswd, or the one that HTPASSWD_FILE names.',
  options: addOptions,
  epilogue: 'Status 6: the user exists already; htpasswd passwd changes a password.',
}

/** Runs the command and returns its exit status. */
export function add(argv: readonly string[], io: Io): Promise<number> {
  return runCommand(addSpec, argv, io, async ({ positionals, values }) => {
    const { file, names } = splitFile(positionals, io.env, { min: 1, max: 1 }, '[FILE] USER')
    await addUser(file, names[0] as string, values, io)
    return 0
  })
}

async function addUser(
  file: string,
  user: string,
  values: ValuesOf<typeof addOptions>,
  io: Io,
): Promise<void> {
  checkUsername(user)
  checkAccess(file, 'create')
  rejectUnshowable(values, io)
  const before = await readSnapshot(file)
  const rejectKnown = (document: HtpasswdDocument): void => {
    rejectMalformed(document, file)
    if (document.has(user)) throw known(file, user)
  }
  // before the password is asked for; again under the lock
  if (before !== undefined) rejectKnown(new HtpasswdDocument(before.bytes))
  const { password, isShown } = await newPassword(user, values, io)
  const hash = await makeHash(password, {})
  const change = (document: HtpasswdDocument): void => {
    rejectKnown(document)
    document.set(user, hash)
  }
  await storePassword({ file, password, isShown, values, create: true, change }, io)
  const created = before === undefined
  if (values.json) io.out(`${JSON.stringify({ file, user, done: 'added', created })}\n`)
  else io.err(`${created ? `Created ${file}.\n` : ''}Added ${printable(user)} to ${file}.\n`)
}

const known = (file: string, user: string): HtpasswdError =>
  new HtpasswdError(
    'ERR_USER_EXISTS',
    `${printable(user)} is in ${file} already; to change the password: htpasswd passwd ${shellWord(file)} ${shellWord(user, 'USER')}`,
  )
