// `htpasswd remove`: removes users from a password file, all of those named or none.
import { HtpasswdDocument } from '../../document/document.ts'
import { HtpasswdError } from '../../errors.ts'
import { checkAccess } from '../../store/access.ts'
import { updateFile } from '../../store/update.ts'
import { splitFile } from '../options/file-argument.ts'
import { runCommand } from '../options/run-command.ts'
import {
  type CommandSpec,
  helpOption,
  inPlaceOption,
  jsonOption,
  type OptionTable,
} from '../options/table.ts'
import { removeSynonyms } from '../options/user-synonyms.ts'
import { rejectMalformed } from '../password-file.ts'
import { readUsers } from '../read-users.ts'
import type { Io } from '../terminal/io.ts'
import { printable } from '../terminal/output.ts'

export const removeOptions = {
  'in-place': inPlaceOption,
  json: jsonOption,
  help: helpOption,
} as const satisfies OptionTable

const FORM = '[FILE] USER ...'

export const removeSpec: CommandSpec<typeof removeOptions> = {
  name: 'remove',
  synopsis: [FORM],
  takesUsers: true,
  describe:
    'Removes users from a password file, all of them or, if one is not there, none. Without FILE the file is .htpasswd, or ' +
    'the one that HTPASSWD_FILE names.',
  options: removeOptions,
  synonyms: removeSynonyms,
  examples: ['htpasswd remove users bob carol'],
  epilogue: 'Status 6: one of the users is not in the file; nothing was changed.',
}

/** Runs the command and returns its exit status. */
export function remove(argv: readonly string[], io: Io): Promise<number> {
  return runCommand(removeSpec, argv, io, async ({ positionals, values }) => {
    const many = { min: 1, max: Number.POSITIVE_INFINITY }
    const { file, names } = splitFile(positionals, io.env, many, FORM)
    const users = [...new Set(names)]
    const { bytes } = await readUsers(file)
    // before the lock, so that nothing is written for an unknown user
    rejectUnknown(new HtpasswdDocument(bytes), file, users)
    checkAccess(file, 'update')
    const change = (document: HtpasswdDocument): void => {
      rejectUnknown(document, file, users)
      for (const user of users) document.delete(user)
    }
    await updateFile(file, change, { inPlace: values['in-place'] })
    if (values.json) io.out(`${JSON.stringify({ file, removed: users })}\n`)
    else io.err(`Removed ${listed(users)} from ${file}.\n`)
    return 0
  })
}

function rejectUnknown(document: HtpasswdDocument, file: string, users: readonly string[]): void {
  rejectMalformed(document, file)
  const missing = users.filter(user => !document.has(user))
  if (missing.length === 0) return
  const are = missing.length === 1 ? 'is' : 'are'
  throw new HtpasswdError('ERR_USER_MISSING', `${listed(missing)} ${are} not in ${file}; nothing was changed`)
}

const listed = (users: readonly string[]): string => users.map(printable).join(', ')
