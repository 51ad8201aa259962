// The message of `serve` when it is up: where to open it, the variables of MLflow's client, the users, warnings.

import { type HashInfo, identify } from '../../../hash/registry.ts'
import { count, printable, shellWord } from '../../terminal/output.ts'
import { programName } from '../../terminal/program-name.ts'
import { isEveryAddress, isLoopback, type ListenAddress, reachableUrls } from './address.ts'

export interface StartupFacts {
  readonly file: string
  /** The users and their stored hashes, in the order of the file. */
  readonly users: Iterable<readonly [user: string, hash: string]>
  readonly listen: ListenAddress
  readonly scheme: 'http' | 'https'
  /** `/mlflow` or empty. */
  readonly prefix: string
  /** A URL, or `the built-in demo page`. */
  readonly guarded: string
  readonly warnings: readonly string[]
  /** Follows the first line; corrects what the app itself may have printed. */
  readonly note?: string | undefined
  readonly outside?: readonly string[]
}

const NAMES_SHOWN = 5

export function startupMessage(facts: StartupFacts): string {
  const users = [...facts.users]
  const urls = reachableUrls(facts.scheme, facts.listen, facts.outside?.slice()).map(
    url => `${url}${facts.prefix}${facts.prefix && '/'}`,
  )
  // a client on another machine needs an address that it can reach
  const clientUrl = (urls[1] ?? urls[0] ?? '').replace(/\/$/, '')
  const only = users.length === 1 ? users[0]?.[0] : undefined
  const name = only !== undefined && /^[\w.@-]+$/.test(only) ? only : 'your-name'
  return [
    `Guarding ${facts.guarded} with ${count(users.length, 'user')} of ${facts.file}`,
    ...(facts.note === undefined ? [] : [facts.note]),
    '',
    ...urls.map((url, i) => `${i === 0 ? '  Open  ' : '        '}${url}`),
    ...reachNote(facts.listen),
    '',
    "  MLflow's Python client, before it runs:",
    ...clientLines(clientUrl, name),
    '',
    ...[...facts.warnings, ...listenWarnings(facts), ...hashWarnings(users, facts.file)].map(
      text => `warning: ${text}\n`,
    ),
  ].join('\n')
}

const reachNote = ({ host, port }: ListenAddress): string[] =>
  isLoopback(host) ? [`        (from this machine only; for others use --listen 0.0.0.0:${port})`] : []

/** The three variables of MLflow's client, for a POSIX shell, PowerShell and cmd. */
function clientLines(url: string, user: string): string[] {
  const set = [
    ['MLFLOW_TRACKING_URI', url],
    ['MLFLOW_TRACKING_USERNAME', user],
    ['MLFLOW_TRACKING_PASSWORD', 'your-password'],
  ] as const
  return [
    `    sh          export ${set.map(([name, value]) => `${name}='${value}'`).join(' ')}`,
    `    PowerShell  ${set.map(([name, value]) => `$env:${name}='${value}'`).join('; ')}`,
    `    cmd         ${set.map(([name, value]) => `set "${name}=${value}"`).join(' & ')}`,
  ]
}

function listenWarnings({ listen, scheme }: StartupFacts): string[] {
  if (scheme === 'https' || isLoopback(listen.host)) return []
  const where = isEveryAddress(listen.host) ? 'every network of this machine' : listen.host
  return [
    `plain HTTP on ${where}: passwords can be read on the network. ` +
      'Use --tls-cert and --tls-key, or a network that you trust.',
  ]
}

/** Users whose password is easily guessed from its hash, or who cannot log in, with what to do. */
export function hashWarnings(
  users: readonly (readonly [user: string, hash: string])[],
  file: string,
): string[] {
  const infos = users.map(([user, hash]) => ({ user, info: identify(hash) }))
  const weak = infos.filter(({ info }) => info !== undefined && info.strength !== 'strong')
  const unusable = infos.filter(({ info }) => info === undefined).map(({ user }) => user)
  const warnings: string[] = []
  if (weak.length > 0) {
    const formats = [...new Set(weak.map(({ info }) => nameOf(info as HashInfo)))].join(', ')
    warnings.push(
      `${namesOf(weak.map(({ user }) => user))}: ${formats} is easily guessed once the file leaks. ` +
        `Set a new password with: ${programName()} -B -C 12 ${shellWord(file)} NAME`,
    )
  }
  if (unusable.length > 0) {
    warnings.push(
      `${namesOf(unusable)} cannot log in: plain text, locked, damaged or of an unknown format. ` +
        `Set a new password with: ${programName()} -B -C 12 ${shellWord(file)} NAME`,
    )
  }
  return warnings
}

const nameOf = ({ format, cost }: HashInfo): string =>
  cost === undefined ? format : `${format} of cost ${cost}`

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).map(printable).join(', ')
  const more = names.length - NAMES_SHOWN
  return `${names.length === 1 ? 'user' : 'users'} ${shown}${more > 0 ? ` and ${more} more` : ''}`
}
