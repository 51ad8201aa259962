// Where the app behind the guard listens, from --upstream or from its own command line; and what is wrong with that.
import { connect, isIP } from 'node:net'
import { basename } from 'node:path'
import { HtpasswdError } from '../../../errors.ts'
import { hostOf, portOf } from '../../../http/client/upstream-url.ts'
import { isEveryAddress, isItself, isLoopback, outsideAddresses, urlOf } from './address.ts'
import type { ServeRequest } from './options.ts'

/** Apps whose default port is known. */
const DEFAULT_PORTS = new Map([['mlflow', 5000]])

/**
 * The URL of the app; undefined for the demo page.
 *
 * @throws HtpasswdError `ERR_LISTEN` if it is the guard itself, `ERR_USAGE` if the command does not show a port.
 */
export function appUrl({ values, command }: ServeRequest): URL | undefined {
  const upstream = values.upstream ?? upstreamOfCommand(command)
  if (upstream === undefined) {
    if (command.length === 0) return undefined
    throw new HtpasswdError(
      'ERR_USAGE',
      `expected the port of "${command[0]}" in its arguments as --port N, got none; ` +
        'name its address with --upstream http://127.0.0.1:PORT',
    )
  }
  if (!isItself(upstream, values.listen)) return upstream
  throw new HtpasswdError(
    'ERR_LISTEN',
    `the upstream ${upstream.origin} is the address on which the guard itself listens; ` +
      'change --upstream to the address of the app, or --listen',
  )
}

/** The URL at which the app will listen, from its own --port and --host; undefined if they do not tell. */
export function upstreamOfCommand(command: readonly string[]): URL | undefined {
  const [program = '', ...rest] = command
  const port = argumentOf(rest, '--port', '-p') ?? DEFAULT_PORTS.get(appName(program, rest))
  const number = Number(port)
  if (!Number.isInteger(number) || number < 1 || number > 65535) return undefined
  const host = argumentOf(rest, '--host', '-h')
  const own = host === undefined || isLoopback(host) || isEveryAddress(host) || isIP(host) === 0
  return new URL(urlOf('http', own ? '127.0.0.1' : host, number))
}

/** Whether the command makes the app reachable from other machines, as `mlflow server --host 0.0.0.0` does. */
export function listensOutside(command: readonly string[]): boolean {
  const host = argumentOf(command.slice(1), '--host', '-h')
  return host !== undefined && !isLoopback(host)
}

function argumentOf(rest: readonly string[], long: string, short: string): string | undefined {
  const joined = rest.find(word => word.startsWith(`${long}=`))
  if (joined !== undefined) return joined.slice(long.length + 1)
  const at = rest.findIndex(word => word === long || word === short)
  return at === -1 ? undefined : rest[at + 1]
}

/** `mlflow`, `/opt/bin/mlflow`, `mlflow.exe`, `python -m mlflow`, `uv run mlflow` and `uvx mlflow` are all MLflow. */
function appName(program: string, rest: readonly string[]): string {
  const names = [program, ...rest.slice(0, 2)].map(word => basename(word.replaceAll('\\', '/'), '.exe'))
  return names.find(name => DEFAULT_PORTS.has(name)) ?? ''
}

/** MLflow's start-up messages recommend options that would bypass the guard; undefined for other apps. */
export const noteOnCommand = ([program = '', ...rest]: readonly string[]): string | undefined =>
  appName(program, rest) === 'mlflow'
    ? 'Other machines come in through the guard: MLflow does not need the --host, --allowed-hosts and --cors-allowed-origins that it mentions.'
    : undefined

/** Whether anything accepts a connection there. */
export function answers(host: string, port: number, limitMs = 1000): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port })
    const finish = (result: boolean): void => {
      socket.destroy()
      resolve(result)
    }
    socket.setTimeout(limitMs, () => finish(false))
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}

const PROBE_LIMIT_MS = 300

/**
 * Warns of an app that does not respond, or that can be reached past the guard, without a password.
 *
 * @param asked whether the app's command makes it reachable from other machines.
 */
export async function upstreamWarnings(
  upstream: URL,
  asked: boolean,
  { outside = outsideAddresses(), probe = answers } = {},
): Promise<string[]> {
  const [host, port] = [hostOf(upstream), portOf(upstream)]
  const warnings = (await probe(host, port, PROBE_LIMIT_MS))
    ? []
    : [`nothing answers at ${upstream.origin} yet; users get 502 until the app is up`]
  if (!isLoopback(host)) {
    warnings.push(
      `the app at ${upstream.origin} is on another machine: make sure that only the guard can reach it, ` +
        'because it does not ask for a password itself',
    )
    return warnings
  }
  const found = await Promise.all(outside.map(address => probe(address, port, PROBE_LIMIT_MS)))
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
