// The program that a service runs: this very command with full paths, the guard's words, and the app behind them.
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import { HtpasswdError } from '../../../errors.ts'
import { shellWord } from '../../terminal/output.ts'
import type { ServeArguments } from './options.ts'
import type { Service } from './plan.ts'

/** Where the command was given, and how it is started: Node and its script, or the one-file executable. */
export interface Invocation {
  readonly env: NodeJS.ProcessEnv
  readonly folder: string
  readonly self: readonly string[]
}

/** @throws HtpasswdError where the service could not start: no password file, no such app, a command of npx. */
export function serviceOf(
  { request, arguments: serveArguments }: ServeArguments,
  { name, atBoot }: Pick<Service, 'name' | 'atBoot'>,
  invocation: Invocation,
): Service {
  const { file, values, command } = request
  if (!existsSync(file)) {
    throw new HtpasswdError(
      'ERR_FILE_ACCESS',
      `expected a password file at ${file}, found none; make it with: htpasswd -B -C 12 -c ${shellWord(file)} NAME`,
    )
  }
  rejectPassing(invocation.self)
  const [app, ...rest] = command
  const behind = app === undefined ? [] : ['--', programPath(app, invocation), ...rest]
  const own = [values['tls-cert'], values['tls-key'], values.config].filter(path => path !== undefined)
  return {
    name,
    atBoot,
    describe: values.upstream?.origin ?? app ?? 'the built-in demo page',
    program: [...invocation.self, 'serve', ...serveArguments, ...behind],
    folder: invocation.folder,
    passwordFile: file,
    reads: [...invocation.self, ...own.map(path => resolve(invocation.folder, path))],
    startsApp: app !== undefined,
    lowPort: values.listen.port > 0 && values.listen.port < 1024,
  }
}

/** npx keeps what it fetched only for a while. */
function rejectPassing(self: readonly string[]): void {
  const passing = self.find(path => /[\\/]_npx[\\/]/.test(path))
  if (passing === undefined) return
  throw new HtpasswdError(
    'ERR_USAGE',
    `expected an installed command, got npx's passing copy ${passing}; run "npm install -g htpasswd-kit" first`,
  )
}

/** The full path of the app's program: a service has a PATH of its own. */
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
    `expected ${program} on the PATH, found none; give its full path behind "--" (sudo has a PATH of its own)`,
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
