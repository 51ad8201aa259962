// The arguments of `htpasswd service`: an action, its own options, and for `install` those of `serve`.
import { resolve } from 'node:path'
import { rejectUnencodablePath } from '../../arguments.ts'
import { actionOf } from '../../options/actions.ts'
import type { Raw } from '../../options/parse.ts'
import {
  type ActionTable,
  type CommandSpec,
  formsOf,
  helpOption,
  type OptionTable,
} from '../../options/table.ts'
import { usageError } from '../../options/usage-error.ts'
import type { Parsed } from '../../options/values.ts'
import { synonyms } from '../serve/options/synonyms.ts'
import { serveOptions } from '../serve/options.ts'
import { parseServe, type ServeRequest } from '../serve/request.ts'

const ownOptions = ['name', 'user', 'print']

const serviceActions = {
  install: {
    synopsis: ['[FILE] --upstream URL', '[FILE] -- COMMAND [ARGUMENT ...]'],
    describe: 'install the service and start it',
  },
  uninstall: { synopsis: [''], describe: 'stop the service and remove it', options: ownOptions },
  start: { synopsis: [''], describe: 'start it', options: ownOptions },
  stop: {
    synopsis: [''],
    describe: 'stop it until it is started again or the machine boots',
    options: ownOptions,
  },
  restart: { synopsis: [''], describe: 'stop and start it, such as after an update', options: ownOptions },
  logs: {
    synopsis: ['[--follow]'],
    describe: 'print the end of its log',
    options: [...ownOptions, 'follow'],
  },
  status: { synopsis: [''], describe: 'show whether it runs', options: ownOptions },
} as const satisfies ActionTable

type ServiceAction = keyof typeof serviceActions

/** A name that unit files, labels, task names and PowerShell accept unchanged. */
const readName = (value: string): string => {
  if (/^[A-Za-z0-9][\w.-]{0,62}$/.test(value)) return value
  throw new Error(
    `expected letters, digits, "_", "." and "-", at most 63 of them, got ${JSON.stringify(value)}`,
  )
}

// the password file has to exist: the service has no permission to write it, and nobody to ask for a password
const {
  help: _help,
  init: _init,
  check: _check,
  generate: _generate,
  'generate-to': _generateTo,
  'password-file': _passwordFile,
  'password-env': _passwordEnv,
  'password-fd': _passwordFd,
  ...guardOptions
} = serveOptions

export const serviceOptions = {
  name: {
    group: 'The service:',
    argument: 'NAME',
    describe: 'its name, if there are several',
    default: 'htpasswd-serve',
    read: readName,
  },
  user: {
    group: 'The service:',
    describe:
      'for this account, started at login; without it for the machine, started at boot, which needs root or an administrator',
  },
  print: { group: 'The service:', describe: 'only show what would be written and run' },
  follow: { group: 'The service:', describe: 'with logs: print further lines as they come' },
  help: { ...helpOption, group: 'The service:' },
  ...guardOptions,
} as const satisfies OptionTable

export const serviceSpec = {
  name: 'service',
  synopsis: formsOf(serviceActions),
  actions: serviceActions,
  positionalsBeforeApp: 2,
  describe: 'Keeps "htpasswd serve" running, as a systemd unit, a launchd job or a Windows task.',
  options: serviceOptions,
  synonyms: {
    ...synonyms,
    init: 'the password file has to exist; create it with: htpasswd add FILE USER',
    f: '--follow',
    tail: '--follow',
    yes: 'nothing is asked; leave it out',
    y: 'nothing is asked; leave it out',
  },
  examples: ['htpasswd service install users --upstream 5000', 'htpasswd service logs --follow'],
  epilogue:
    'FILE and the options after the first group are those of "htpasswd serve"; a service does not get environment variables.',
} as const satisfies CommandSpec<typeof serviceOptions>

/** The command line of the guard: parsed, and as the arguments before `--`. */
export interface ServeArguments {
  readonly request: ServeRequest
  readonly arguments: readonly string[]
}

export interface ServiceRequest {
  readonly action: ServiceAction
  readonly name: string
  readonly atBoot: boolean
  readonly print: boolean
  readonly follow: boolean
  /** For `install`: what to run, validated. */
  readonly serve: ServeArguments | undefined
}

/** @throws HtpasswdError `ERR_USAGE` for an unknown action or option, and for everything that `serve` would refuse. */
export function serviceRequest(parsed: Parsed<typeof serviceOptions>, folder: string): ServiceRequest {
  const { action, request } = actionOf(serviceSpec, parsed)
  const { values, positionals, options, rest } = request
  const { name, user, print, follow } = values
  const own = { action, name, atBoot: !user, print, follow }
  if (action === 'install') return { ...own, serve: serveOf(positionals, options, rest, folder) }
  if (positionals.length > 0) throw usageError(`${action} takes no arguments, got ${positionals.join(' ')}`)
  return { ...own, serve: undefined }
}

/** The command line of the guard, with full paths: a service runs in another folder. */
function serveOf(
  files: readonly string[],
  options: ReadonlyMap<string, Raw>,
  rest: readonly string[],
  folder: string,
): ServeArguments {
  const given = Object.entries(guardOptions).flatMap(([name, row]) =>
    [options.get(name) ?? []].flat().map(value => {
      if (typeof value === 'boolean') return value ? `--${name}` : `--no-${name}`
      const isPath = 'argument' in row && row.argument === 'FILE'
      return `--${name}=${isPath ? resolve(folder, value) : value}`
    }),
  )
  const request = parseServe([...files.slice(0, 2), ...given, '--', ...rest], {})
  rejectUnencodablePath(request.file)
  const file = resolve(folder, request.file)
  return { request: { ...request, file }, arguments: [file, ...given] }
}
