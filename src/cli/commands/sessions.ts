// `htpasswd sessions`: ends the sessions of a user of `serve --login`.
import { HtpasswdDocument } from '../../document/document.ts'
import { HtpasswdError } from '../../errors.ts'
import { endSessionsOf } from '../../store/session-ends.ts'
import { splitUser, USER_FORM } from '../options/file-argument.ts'
import { runActions } from '../options/run-command.ts'
import {
  type ActionTable,
  type CommandSpec,
  formsOf,
  helpOption,
  jsonOption,
  type OptionTable,
} from '../options/table.ts'
import { readUsers } from '../read-users.ts'
import type { Io } from '../terminal/io.ts'
import { printable, printableJson } from '../terminal/output.ts'

const sessionsOptions = { json: jsonOption, help: helpOption } as const satisfies OptionTable

const actions = {
  end: { synopsis: [USER_FORM], describe: 'end all sessions of a user; the password stays' },
} as const satisfies ActionTable

export const sessionsSpec = {
  name: 'sessions',
  synopsis: formsOf(actions),
  actions,
  takesUsers: true,
  describe:
    'Ends the sessions of a user of "htpasswd serve --login" in all browsers, within a second. The user can sign in again: to ' +
    'keep somebody out, remove the user or change the password, which ends the sessions as well.',
  options: sessionsOptions,
  examples: ['htpasswd sessions end users bob'],
  epilogue:
    'The end is noted in FILE.sessions beside the password file. Status 6: the user is not in the file.',
} as const satisfies CommandSpec<typeof sessionsOptions>

/** Runs the command and returns its exit status. */
export function sessions(argv: readonly string[], io: Io): Promise<number> {
  return runActions(sessionsSpec, argv, io, {
    end: async ({ positionals, values }) => {
      const { file, user } = splitUser(positionals, io.env)
      const { bytes } = await readUsers(file)
      if (!new HtpasswdDocument(bytes).has(user))
        throw new HtpasswdError('ERR_USER_MISSING', `${printable(user)} is not in ${file}`)
      await endSessionsOf(file, user)
      if (values.json) io.out(`${printableJson({ file, user, ended: true })}\n`)
      else io.err(`Ended all sessions of ${printable(user)}; the password stays.\n`)
      return 0
    },
  })
}
