// Where the app behind the guard listens, from --upstream or from its own command line; and what is wrong with that.
import { isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { HtpasswdError } from '../../../../errors.ts'
import { createLookup } from '../../../../http/client/address-lookup.ts'
import { isPlainHttpError } from '../../../../http/client/connect-error.ts'
import { answers, connectionFailure } from '../../../../http/client/reachable.ts'
import { hostOf, nameOf, portOf, socketPathOf, targetOf } from '../../../../http/client/upstream-url.ts'
import { isEveryAddress, isItself, isLoopback, outsideAddresses, urlOf } from '../listen/address.ts'
import type { ServeRequest } from '../request.ts'
import { isMlflowCommand } from './mlflow.ts'

/** What an app listens on without arguments, and the variables from which it takes its port and host. */
interface KnownApp {
  readonly port: number
  readonly host: string
  readonly portVariable: string
  readonly hostVariable: string
}

// mlflow/utils/cli_args.py
const MLFLOW: KnownApp = {
  port: 5000,
  host: '127.0.0.1',
  portVariable: 'MLFLOW_PORT',
  hostVariable: 'MLFLOW_HOST',
}

/**
 * The URL of the app; undefined for the demo page, and where only other proxies ask.
 *
 * @throws HtpasswdError `ERR_LISTEN` if it is the guard itself, `ERR_USAGE` if the command does not show a port.
 */
export function appUrl({ values, command }: ServeRequest, env: NodeJS.ProcessEnv): URL | undefined {
  const upstream = values.upstream ?? upstreamOfCommand(command, env)
  if (upstream === undefined) {
    if (command.length === 0) return undefined
    throw new HtpasswdError(
      'ERR_USAGE',
      `expected the port of "${command[0]}" in its arguments as --port N, got none; ` +
        'name its address with --upstream http://127.0.0.1:PORT',
    )
  }
  if (!values.listen.some(address => isItself(upstream, address))) return upstream
  throw new HtpasswdError(
    'ERR_LISTEN',
    `the upstream ${nameOf(upstream)} is the address on which the guard itself listens; ` +
      'change --upstream to the address of the app, or --listen',
  )
}

/** The URL at which the app will listen, by its arguments and environment; undefined if they do not tell. */
export function upstreamOfCommand(command: readonly string[], env: NodeJS.ProcessEnv = {}): URL | undefined {
  const app = knownApp(command)
  const given = [...argumentsOf(command, '--port'), ...argumentsOf(command, '-p')]
  // a number before a word: "conda run -p ./env mlflow server --port 5078"
  const port = [...given, app && env[app.portVariable], app && String(app.port)].find(isPort)
  if (port === undefined) return undefined
  const host = hostOfCommand(command, env)
  // an app that did not get a host listens on 127.0.0.1 or, as Node's servers may, on ::1 alone
  if (host === undefined) return new URL(urlOf('http', app?.host ?? 'localhost', Number(port)))
  if (isIP(host) === 0 || host === '::' || host === '::1')
    return new URL(urlOf('http', 'localhost', Number(port)))
  const own = isLoopback(host) || isEveryAddress(host) ? '127.0.0.1' : host
  return new URL(urlOf('http', own, Number(port)))
}

const isPort = (text: string | undefined): text is string =>
  text !== undefined && /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535

/** Whether the command makes the app reachable from other machines, as `mlflow server --host 0.0.0.0` does. */
export function listensOutside(command: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  const host = hostOfCommand(command, env)
  return host !== undefined && !isLoopback(host)
}

function hostOfCommand(command: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  const app = knownApp(command)
  return [
    ...argumentsOf(command, '--host'),
    ...argumentsOf(command, '-h'),
    app && env[app.hostVariable],
  ].find(host => host !== undefined && host !== '' && !host.startsWith('-'))
}

/** The path that the command gives MLflow with `--static-prefix`. */
export function staticPrefixOfCommand(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): string | undefined {
  if (knownApp(command) !== MLFLOW) return undefined
  return argumentsOf(command, '--static-prefix')[0] ?? env.MLFLOW_STATIC_PREFIX
}

/** The values of an option, as `--port 5000` or `--port=5000`. */
function argumentsOf([, ...rest]: readonly string[], option: string): string[] {
  return rest.flatMap((word, i) => {
    if (word === option) return rest.slice(i + 1, i + 2)
    return word.startsWith(`${option}=`) ? [word.slice(option.length + 1)] : []
  })
}

const knownApp = (command: readonly string[]): KnownApp | undefined =>
  isMlflowCommand(command) ? MLFLOW : undefined

const PROBE_LIMIT_MS = 300

const answersOn = (host: string, port: number, limitMs: number): Promise<boolean> =>
  answers({ host, port }, limitMs)

/** Whether what accepts connections there answers a TLS handshake in plain HTTP. */
export function speaksPlainHttp(upstream: URL): Promise<boolean> {
  return new Promise(resolve => {
    const address = { host: hostOf(upstream), port: portOf(upstream) }
    // nothing is sent over it: only the kind of answer counts
    const options = { lookup: createLookup(), autoSelectFamily: true, rejectUnauthorized: false }
    const socket = connectTls({ ...address, ...options })
    const finish = (result: boolean): void => {
      socket.destroy()
      resolve(result)
    }
    socket.setTimeout(1000, () => finish(false))
    socket.once('secureConnect', () => finish(false))
    socket.once('error', error => finish(isPlainHttpError(error)))
    socket.once('close', () => finish(false))
  })
}

/**
 * Warns of an app that does not respond, or that can be reached past the guard, without a password.
 *
 * @param asked whether the app's command makes it reachable from other machines.
 */
export async function upstreamWarnings(
  upstream: URL,
  asked: boolean,
  { outside = outsideAddresses(), probe = answersOn, isPlain = speaksPlainHttp } = {},
): Promise<string[]> {
  if (socketPathOf(upstream) !== undefined) return socketWarnings(upstream)
  const [host, port] = [hostOf(upstream), portOf(upstream)]
  const answersAt = (address: string): Promise<boolean> => probe(address, port, PROBE_LIMIT_MS)
  const warnings: string[] = []
  if (!(await answersAt(host))) {
    const isOnlyIpv6 = host === '127.0.0.1' && (await answersAt('::1'))
    warnings.push(
      isOnlyIpv6
        ? `nothing answers at ${upstream.origin}, but something does at ${urlOf('http', '::1', port)}: ` +
            `start the app with --host 127.0.0.1, or use --upstream ${urlOf('http', 'localhost', port)}`
        : `nothing answers at ${upstream.origin} yet; users get 502 until the app is up`,
    )
  } else if (host === '::1' || (host === 'localhost' && !(await answersAt('127.0.0.1')))) {
    warnings.push(
      `the app listens on ::1 alone: if it trusts X-Forwarded-For from 127.0.0.1 only, as most do, it takes every user ` +
        'for a local one; start it with --host 127.0.0.1',
    )
  }
  if (upstream.protocol === 'https:' && warnings.length === 0 && (await isPlain(upstream)))
    warnings.push(
      `the app at ${upstream.host} speaks HTTP, not HTTPS: use --upstream http://${upstream.host}`,
    )
  if (!isLoopback(host)) {
    warnings.push(
      `the app at ${upstream.origin} is on another machine: make sure that only the guard can reach it, ` +
        'because it does not ask for a password itself',
    )
    return warnings
  }
  const found = await Promise.all(outside.map(answersAt))
  const open = outside.filter((_, i) => found[i])
  if (open.length === 0 && !asked) return warnings
  const where =
    open.length > 0
      ? `at ${open.map(address => urlOf('http', address, port)).join(', ')}`
      : 'from other machines'
  warnings.push(
    `the app is reachable past the guard, without a password, ${where}: start it with --host 127.0.0.1`,
  )
  return warnings
}

const untilUp = 'users get 502 until the app is up'

/** What a failed connection to a socket means, by its error code. */
const SOCKET_FAILURES: Readonly<Record<string, string>> = {
  ENOENT: `there is no such file yet; ${untilUp}`,
  ECONNREFUSED: `the file is there and nothing listens on it; ${untilUp}`,
  EACCES:
    'this account may not connect to it; give it the permission to write to the socket and to enter its folder',
}

async function socketWarnings(upstream: URL): Promise<string[]> {
  const code = await connectionFailure(targetOf(upstream), PROBE_LIMIT_MS)
  if (code === undefined) return []
  return [`nothing answers at ${nameOf(upstream)}: ${SOCKET_FAILURES[code] ?? `${code}; ${untilUp}`}`]
}
