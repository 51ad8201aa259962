// The command line of `htpasswd serve` as a whole: the file, the values, the app to start, and the combinations that
// are allowed.
import { isDeepStrictEqual } from 'node:util'
import { usageError } from '../../options/usage-error.ts'
import { type Parsed, parseOptions } from '../../options/values.ts'
import { givenOptions, rejectSeveral } from '../../password/source.ts'
import { DEFAULT_FILE, kindOfPath } from '../../password-file.ts'
import { isMlflowCommand } from './app/mlflow.ts'
import { type GuardAddress, isSocket, nameOfAddress } from './listen/address.ts'
import { USERS_VARIABLE } from './login/environment-users.ts'
import { checkProviderOptions } from './login/provider.ts'
import { type ServeValues, serveOptions, serveSpec } from './options.ts'
import { checkReplicaOptions } from './processes/replicas.ts'

/** A checked command line. */
export interface ServeRequest {
  readonly file: string
  /** The users themselves, from HTPASSWD_USERS; `file` is then the variable's name. */
  readonly userLines?: string | undefined
  readonly values: ServeValues
  /** The app to start as a child: the arguments after `--`. */
  readonly command: readonly string[]
  /** Reads the same command line and environment, and the --config file as it is now. */
  readonly reread?: () => ServeRequest
}

/** @throws HtpasswdError `ERR_USAGE` for what `parseOptions` refuses, and for options that do not go together. */
export const parseServe = (argv: readonly string[], environment: NodeJS.ProcessEnv): ServeRequest =>
  serveRequest(parseOptions(serveSpec, argv, environment), environment)

/** @throws HtpasswdError `ERR_USAGE` for options that do not go together. */
export function serveRequest(
  { values, positionals: given, rest, file: configured }: Parsed<typeof serveOptions>,
  environment: NodeJS.ProcessEnv,
): ServeRequest {
  const { positionals, command } = withApp(given, rest)
  if (positionals.length > 1) {
    throw usageError(
      `expected one password file, got ${positionals.length}: ${positionals.join(', ')}; write "--" before an app to start (in PowerShell: '--')`,
    )
  }
  if (!values.help && !values['print-preset']) checkTogether(values, positionals, command)
  const listen = listenAddresses(values)
  const file = positionals[0] ?? configured
  const userLines = environment[USERS_VARIABLE] || undefined
  if (userLines !== undefined) rejectBesideVariable(file, values)
  const named = userLines === undefined ? (file ?? DEFAULT_FILE) : USERS_VARIABLE
  return { file: named, userLines, values: { ...values, listen }, command }
}

function listenAddresses({ listen, host, port }: ServeValues): readonly GuardAddress[] {
  const twice = listen.find((address, i) =>
    listen.slice(0, i).some(other => isDeepStrictEqual(address, other)),
  )
  if (twice !== undefined) throw usageError(`--listen is given twice as ${nameOfAddress(twice)}`)
  if (host === undefined && port === undefined) return listen
  const [only] = listen
  if (only === undefined || listen.length > 1 || isSocket(only)) {
    throw usageError(
      `--${host === undefined ? 'port' : 'host'} is a part of one --listen [HOST:]PORT, and that is ${listen.map(nameOfAddress).join(', ')}; write it into --listen`,
    )
  }
  return [{ host: host ?? only.host, port: port ?? only.port }]
}

/**
 * For `serve mlflow server`, and `serve -- mlflow server` from which PowerShell has removed the `--`: the first word is
 * not the password file but the app, unless there is such a file.
 */
function withApp(positionals: readonly string[], rest: readonly string[]) {
  const [first = ''] = positionals
  const isApp = positionals.length === 1 && rest.length > 0 && isMlflowCommand([first])
  if (!isApp || kindOfPath(first) === 'file') return { positionals, command: rest }
  return { positionals: [], command: [first, ...rest] }
}

/** A URL, `HOST:PORT`, or a port. */
const ADDRESS = /^(https?:\/\/.+|([\w.-]+|\[[\da-f:.]+\]):\d{1,5}\/?|\d{2,5})$/i

/** For `serve 5000`, `serve users localhost:5000`, `serve users upstream=5000`: the app's address needs its option. */
function rejectAddress(word: string): void {
  if (kindOfPath(word) !== undefined) return
  const [, name = '', value = ''] = /^([a-z-]+)=(.*)$/s.exec(word) ?? []
  if (Object.hasOwn(serveOptions, name))
    throw usageError(`expected a password file, got ${word}; did you mean --${name} ${value}?`)
  if (ADDRESS.test(word))
    throw usageError(`expected a password file, got ${word}; name the app with --upstream ${word}`)
}

function checkTogether(
  values: ServeValues,
  positionals: readonly string[],
  command: readonly string[],
): void {
  for (const word of [...positionals, ...(command.length === 1 ? command : [])]) rejectAddress(word)
  const [passwordOption] = givenOptions(values)
  if (passwordOption !== undefined && !values.init)
    throw usageError(`${passwordOption} sets the password of the first user, and needs --init`)
  rejectSeveral(values)
  rejectWithoutPreset(values)
  if ((values['tls-cert'] === undefined) !== (values['tls-key'] === undefined)) {
    const given = values['tls-cert'] ? '--tls-cert' : '--tls-key'
    throw usageError(`--tls-cert and --tls-key go together, got only ${given}`)
  }
  rejectBesideDemo(values, command)
  checkHttps(values)
  if (values['auth-endpoint'].length > 0 && values['trust-proxy'].length === 0) {
    throw usageError(
      '--auth-endpoint needs --trust-proxy with the address of the proxy that asks, such as --trust-proxy 127.0.0.1',
    )
  }
  checkProviderOptions(values)
  checkReplicaOptions(values)
  const isAsked = values['auth-endpoint'].length > 0
  if (values.upstream === undefined && !values.demo && !isAsked && command.length === 0) {
    throw usageError(
      'expected the app to guard: --upstream http://127.0.0.1:5000, or -- mlflow server, or --demo; ' +
        'or --auth-endpoint for a proxy that forwards by itself',
    )
  }
}

function rejectBesideVariable(file: string | undefined, { init }: ServeValues): void {
  if (file !== undefined)
    throw usageError(`${USERS_VARIABLE} has the users, and ${file} is a file of users; give one of the two`)
  if (init) throw usageError(`--init creates a file of users, and ${USERS_VARIABLE} has them already`)
}

function rejectWithoutPreset(values: ServeValues): void {
  const needing = ['readers', 'admins', 'mlflow-static-prefix'] as const
  const given = needing.find(name => values[name] !== undefined)
  if (values.preset === undefined && given !== undefined)
    throw usageError(`--${given} needs --preset, which tells reading from writing: --preset mlflow`)
}

function rejectBesideDemo({ demo, upstream }: ServeValues, command: readonly string[]): void {
  const other = upstream !== undefined ? '--upstream' : command.length > 0 ? `"${command[0]}"` : undefined
  if (demo && other !== undefined)
    throw usageError(`--demo guards a built-in page, and ${other} names an app; give one of the two`)
}

function checkHttps(values: ServeValues): void {
  const { https, 'https-name': names, 'redirect-http': redirect, 'tls-cert': cert, listen } = values
  if (https && cert !== undefined)
    throw usageError('--https makes a certificate, and --tls-cert names one; give one of the two')
  if (names.length > 0 && !https)
    throw usageError('--https-name is a name in the certificate of --https, and needs it')
  if (redirect !== undefined && !https && cert === undefined)
    throw usageError('--redirect-http redirects to HTTPS, and needs --https or --tls-cert')
  if (redirect !== undefined && listen.every(isSocket))
    throw usageError('--redirect-http redirects to a port, and needs a --listen [HOST:]PORT')
}
