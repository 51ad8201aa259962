// `htpasswd rules`: tells which rule decides a request of a user, and why. It starts and changes nothing.
import { groupsOf } from '../../access/rules.ts'
import { parseHtpasswd } from '../../document/document.ts'
import { HtpasswdError } from '../../errors.ts'
import { splitFile } from '../options/file-argument.ts'
import { runCommand, TroubleError } from '../options/run-command.ts'
import {
  type CommandSpec,
  helpOption,
  jsonOption,
  type OptionTable,
  oneOf,
  text,
  type ValuesOf,
} from '../options/table.ts'
import { usageError } from '../options/usage-error.ts'
import { kindOfPath } from '../password-file.ts'
import { readUsers } from '../read-users.ts'
import type { Io } from '../terminal/io.ts'
import { printable, printableJson } from '../terminal/output.ts'
import { openPermissions } from './serve/login/permissions.ts'
import { whoMayDoWhat } from './serve/options/permissions.ts'

const group = 'Who asks:'
const { 'print-preset': _, ...permissionOptions } = whoMayDoWhat

const rulesOptions = {
  as: { group, argument: 'USER', describe: 'the user who sends the request', read: text },
  scope: {
    group,
    argument: 'SCOPE',
    describe: 'the scope of the credentials, such as that of a token: all or read',
    default: 'all',
    read: oneOf('all', 'read'),
  },
  ...permissionOptions,
  json: jsonOption,
  help: helpOption,
} as const satisfies OptionTable

export const rulesSpec: CommandSpec<typeof rulesOptions> = {
  name: 'rules',
  synopsis: ['[FILE] --rules FILE --as USER METHOD PATH'],
  describe:
    'Tells which rule allows or refuses a request, with the options of serve. PATH is as the app gets it, without --prefix.',
  options: rulesOptions,
  examples: ['htpasswd rules users --rules rules --as bob POST /api/runs'],
  epilogue: 'Status 0: allowed. 1: refused. 2: an error, such as an invalid rule.',
}

/** Runs the command and returns its exit status. */
export function rules(argv: readonly string[], io: Io): Promise<number> {
  const work = async ({ positionals, values }: { positionals: readonly string[]; values: Values }) => {
    const form = '[FILE] METHOD PATH'
    const { file, names } = splitFile(positionals, io.env, { min: 2, max: 2 }, form)
    const [method = '', target = ''] = names
    if (!/^[A-Z-]+$/.test(method) || !target.startsWith('/'))
      throw usageError(`expected ${form}, such as POST /api/runs, got ${method} ${target}`)
    const { as: user } = values
    if (user === undefined) throw usageError('expected the user with --as USER')
    const permissions = await openPermissions({ values, command: [] }, io.env, () => {})
    const { access, groups } = permissions
    if (access === undefined) throw usageError('expected rules: --rules FILE, --require RULE or --preset APP')
    const notes = [...(await userNotes(file, user, positionals.length > 2)), ...permissions.warnings()]
    for (const note of notes) io.err(`note: ${note}\n`)
    const sender = { user, groups: [], scope: values.scope }
    const [path = ''] = target.split('?')
    const decision = access.decide(sender, method, path)
    const { allowed, rule } = decision
    const reason = decision.allowed ? undefined : decision.reason
    if (values.json) {
      const memberOf = groupsOf(sender, groups)
      io.out(
        `${printableJson({ user, groups: memberOf, method, path, allowed, rule: rule ?? null, reason: reason ?? null })}\n`,
      )
    } else {
      const lines = [
        `${allowed ? 'allowed' : 'refused'}: ${rule ?? 'no rule matches'}`,
        ...(reason === undefined ? [] : [reason]),
      ]
      for (const line of lines) io.out(`${printable(line)}\n`)
    }
    return allowed ? 0 : 1
  }
  return runCommand(
    rulesSpec,
    argv,
    io,
    request =>
      work(request).catch(error => {
        throw error instanceof HtpasswdError ? new TroubleError(error) : error
      }),
    io.env,
  )
}

type Values = ValuesOf<typeof rulesOptions>

/**
 * Notes that a user who is not in the file cannot log in, whatever the rules. @param isNamed whether the file was
 * named.
 */
async function userNotes(file: string, user: string, isNamed: boolean): Promise<string[]> {
  if (!isNamed && kindOfPath(file) !== 'file') return []
  const { bytes } = await readUsers(file)
  return parseHtpasswd(bytes).has(user) ? [] : [`${file} has no user ${user}`]
}
