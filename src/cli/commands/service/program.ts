// The command line that a service runs: this program with full paths, the guard's arguments, then the app's.
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import { HtpasswdError } from '../../../errors.ts'
import { nameOf } from '../../../http/client/upstream-url.ts'
import { shellWord } from '../../terminal/output.ts'
import { isSocket } from '../serve/listen/address.ts'
import type { ServeArguments } from './options.ts'
import type { Service } from './plan.ts'

/** Where the command was called, and how it is started: Node with its script, or the executable. */
export interface Invocation {
  readonly env: NodeJS.ProcessEnv
  readonly folder: string
  readonly self: readonly string[]
}

/** @throws HtpasswdError if the service could not start: no password file, no such app, a temporary copy of npx. */
export function serviceOf(
  { request, arguments: serveArguments }: ServeArguments,
  { name, atBoot }: Pick<Service, 'name' | 'atBoot'>,
  invocation: Invocation,
): Service {
  const { file, values, command } = request
  if (!existsSync(file)) {
    throw new HtpasswdError(
      'ERR_FILE_ACCESS',
      `expected a password file at ${file}, found none; create it with: htpasswd add ${shellWord(file)} NAME`,
    )
  }
  rejectTemporary(invocation.self)
  const [app, ...rest] = command
  const appArguments = app === undefined ? [] : ['--', programPath(app, invocation), ...rest]
  const own = [values['tls-cert'], values['tls-key'], values.config].filter(path => path !== undefined)
  return {
    name,
    atBoot,
    describe: (values.upstream && nameOf(values.upstream)) ?? app ?? 'the built-in demo page',
    program: [...invocation.self, 'serve', ...serveArguments, ...appArguments],
    folder: invocation.folder,
    passwordFile: file,
    reads: [...invocation.self, ...own.map(path => resolve(invocation.folder, path))],
    startsApp: app !== undefined,
    lowPort: values.listen.some(address => !isSocket(address) && address.port > 0 && address.port < 1024),
  }
}

/** npx deletes the packages that it has fetched after a while. */
function rejectTemporary(self: readonly string[]): void {
  const temporary = self.find(path => /[\\/]_npx[\\/]/.test(path))
  if (temporary === undefined) return
  throw new HtpasswdError(
    'ERR_USAGE',
    `a service needs an installed command, not npx's temporary copy ${temporary}; run "npm install -g htpasswd-kit" first`,
  )
}

/** The full path of the app's program, because a service has another PATH. */
function programPath(program: string, { env, folder }: Invocation): string {
  if (isAbsolute(program)) return program
  const places = /[\\/]/.test(program) ? [folder] : (env.PATH ?? '').split(delimiter)
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : ['']
  const found = places
    .flatMap(place => endings.map(end => join(place, program + end)))
    .find(path => isExecutable(path))
  if (found !== undefined) return found
  throw new HtpasswdError(
    'ERR_APP',
    `expected ${program} on the PATH, found none; give its full path after "--" (sudo has another PATH)`,
  )
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
