// `htpasswd export`: the users of a password file in the form that another program's configuration takes.
import { rejectUtf16 } from '../../../document/encoding.ts'
import { rejectOtherKind } from '../../../document/file-kind.ts'
import { userRecords } from '../../../document/scan-lines.ts'
import { ExitStatus, HtpasswdError } from '../../../errors.ts'
import { runCommand } from '../../options/run-command.ts'
import { type CommandSpec, helpOption, type OptionTable, oneOf } from '../../options/table.ts'
import { usageError } from '../../options/usage-error.ts'
import { exportSynonyms } from '../../options/user-synonyms.ts'
import { defaultFile } from '../../password-file.ts'
import { readUsers } from '../../read-users.ts'
import type { Io } from '../../terminal/io.ts'
import { printable } from '../../terminal/output.ts'
import { type ExportedRecord, type Target, targets } from './targets.ts'

type TargetName = keyof typeof targets

function resourceName(value: string): string {
  // RFC 1123 label: what Kubernetes, Traefik and Compose all accept
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(value)) return value
  throw new Error(`expected lower case letters, digits and hyphens, got "${value}"`)
}

export const exportOptions = {
  for: {
    group: 'Writing:',
    argument: 'TARGET',
    describe: `${Object.keys(targets).join('|')}: whose configuration it is for`,
    read: oneOf<TargetName>(...(Object.keys(targets) as TargetName[])),
  },
  name: {
    group: 'Writing:',
    argument: 'NAME',
    describe: 'name of the Secret, of the service or of the middleware',
    default: 'htpasswd',
    read: resourceName,
  },
  help: helpOption,
} as const satisfies OptionTable

export const exportSpec: CommandSpec<typeof exportOptions> = {
  name: 'export',
  synopsis: ['--for kubernetes|traefik|caddy|compose [FILE]'],
  describe:
    'Prints the users of FILE (default .htpasswd) as a Kubernetes Secret, a Traefik middleware, a block of a Caddyfile, or the ' +
    'HTPASSWD_USERS of a compose file. It contains the hashes.',
  options: exportOptions,
  synonyms: exportSynonyms,
  examples: ['htpasswd export --for kubernetes users > secret.yaml'],
  epilogue: 'Status 7: the target cannot check a hash; nothing is printed.',
}

/** Runs the command and returns its exit status. */
export function exportCommand(argv: readonly string[], io: Io): Promise<number> {
  return runCommand(exportSpec, argv, io, async ({ positionals, values }) => {
    const [file = defaultFile(io.env), ...more] = positionals
    if (more.length > 0) throw usageError(`expected one password file, got ${positionals.join(' ')}`)
    if (values.for === undefined)
      throw usageError(`expected --for with one of ${Object.keys(targets).join(', ')}`)
    const { bytes } = await readUsers(file)
    rejectUtf16(bytes)
    rejectOtherKind(bytes)
    const records = [...userRecords(bytes)].map(([user, hash]) => ({ user, hash }))
    if (records.length === 0) throw new HtpasswdError('ERR_RECORD', `${file} has no users`)
    rejectUncheckable(records, values.for, file)
    io.out(targets[values.for].format(records, values.name))
    return ExitStatus.ok
  })
}

/** @throws HtpasswdError `ERR_RECORD`, naming the users. */
function rejectUncheckable(records: readonly ExportedRecord[], name: TargetName, file: string): void {
  const target: Target = targets[name]
  const problems = records.flatMap(record => {
    const problem = target.problem(record)
    return problem === undefined ? [] : [`${printable(record.user)}: ${problem}`]
  })
  if (problems.length === 0) return
  throw new HtpasswdError(
    'ERR_RECORD',
    `${file} cannot be exported for ${name}: ${problems.join('; ')}. Set these passwords again with -B -C 12`,
  )
}
