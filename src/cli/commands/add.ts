// `htpasswd add`: a new user, in a file that is created if it is missing.
import { HtpasswdDocument } from '../../document/document.ts'
import { checkUsername } from '../../document/username.ts'
import { HtpasswdError } from '../../errors.ts'
import { makeHash } from '../../hash/hash-password.ts'
import { createServiceRecord } from '../../hash/service-account.ts'
import { checkAccess } from '../../store/access.ts'
import { readSnapshot } from '../../store/snapshot.ts'
import { updateFile } from '../../store/update.ts'
import { splitUser, USER_FORM } from '../options/file-argument.ts'
import { runCommand } from '../options/run-command.ts'
import type { CommandSpec, OptionTable, ValuesOf } from '../options/table.ts'
import { usageError } from '../options/usage-error.ts'
import { passwordSynonyms } from '../options/user-synonyms.ts'
import { newPassword } from '../password/new-password.ts'
import { noPassword } from '../password/options.ts'
import { givenOptions } from '../password/source.ts'
import { privateFile, rejectMalformed } from '../password-file.ts'
import type { Io } from '../terminal/io.ts'
import { printable, shellWord } from '../terminal/output.ts'
import { rejectUnshowable, storePassword, storingOptions } from './stored-password.ts'

export const addOptions = {
  ...storingOptions,
  'service-account': {
    group: 'Password:',
    describe: 'make a service account: no password works, tokens do (htpasswd token add)',
  },
} as const satisfies OptionTable

export const addSpec: CommandSpec<typeof addOptions> = {
  name: 'add',
  synopsis: [USER_FORM],
  takesUsers: true,
  describe:
    'Adds a user to a password file, and creates the file if it is missing. Asks for the password twice and stores a bcrypt ' +
    'hash of cost 12. Without FILE the file is .htpasswd, or the one that HTPASSWD_FILE names.',
  options: addOptions,
  synonyms: passwordSynonyms,
  examples: ['htpasswd add users bob', 'htpasswd add users bob --generate words'],
  epilogue: 'Status 6: the user exists already; htpasswd passwd changes a password.',
}

/** Runs the command and returns its exit status. */
export function add(argv: readonly string[], io: Io): Promise<number> {
  return runCommand(addSpec, argv, io, async ({ positionals, values }) => {
    const { file, user } = splitUser(positionals, io.env, noPassword)
    await addUser(file, user, values, io)
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
  rejectPasswordOptions(values)
  rejectUnshowable(values, io)
  const before = await readSnapshot(file)
  const rejectKnown = (document: HtpasswdDocument): void => {
    rejectMalformed(document, file)
    if (document.has(user)) throw known(file, user)
  }
  // before the password is asked for; again under the lock
  if (before !== undefined) rejectKnown(new HtpasswdDocument(before.bytes))
  const setter = (hash: string) => (document: HtpasswdDocument) => {
    rejectKnown(document)
    document.set(user, hash)
  }
  if (values['service-account']) await storeServiceAccount(file, setter(createServiceRecord()), values, io)
  else {
    const { password, isShown } = await newPassword(user, values, io)
    const change = setter(await makeHash(password, {}))
    await storePassword({ file, password, isShown, values, create: true, change }, io)
  }
  const created = before === undefined
  if (values.json) io.out(`${JSON.stringify({ file, user, done: 'added', created })}\n`)
  else io.err(`${created ? `Created ${file}.\n` : ''}Added ${printable(user)} to ${file}.\n`)
}

function rejectPasswordOptions(values: ValuesOf<typeof addOptions>): void {
  const [given] = givenOptions(values)
  if (values['service-account'] && given !== undefined)
    throw usageError(`expected --service-account or ${given}, got both`)
}

async function storeServiceAccount(
  file: string,
  change: (document: HtpasswdDocument) => void,
  values: ValuesOf<typeof addOptions>,
  io: Io,
): Promise<void> {
  const onPrivate = (): void => io.err(privateFile(file))
  await updateFile(file, change, { create: true, inPlace: values['in-place'], onPrivate })
}

const known = (file: string, user: string): HtpasswdError =>
  new HtpasswdError(
    'ERR_USER_EXISTS',
    `${printable(user)} is in ${file} already; to change the password: htpasswd passwd ${shellWord(file)} ${shellWord(user, 'USER')}`,
  )
