// The message of `serve` when it is up: where to open it, what it guards, the variables of MLflow's client; and its
// warnings.
import { type HashInfo, identify } from '../../../hash/registry.ts'
import { count, printable, shellWord } from '../../terminal/output.ts'
import { programName } from '../../terminal/program-name.ts'
import { clientVariables, shellOf } from './app/mlflow.ts'
import type { LocalCertificates } from './https/certificates.ts'
import {
  type GuardAddress,
  isEveryAddress,
  isLoopback,
  isPort,
  isSocket,
  reachableUrls,
} from './listen/address.ts'
import { USERS_VARIABLE } from './login/environment-users.ts'
import type { UserRecords } from './login/users.ts'

export interface StartupFacts {
  readonly file: string
  readonly users: UserRecords
  /** All addresses, at least one. */
  readonly listen: readonly GuardAddress[]
  readonly scheme: 'http' | 'https'
  /** `/mlflow` or empty. */
  readonly prefix: string
  /** A URL, or `the built-in demo page`. */
  readonly guarded: string
  /** `started`: by the guard; then MLflow's own messages recommend options that would bypass the guard. */
  readonly mlflow: 'started' | 'running' | undefined
  readonly platform: NodeJS.Platform
  readonly env: NodeJS.ProcessEnv
  /** Whether there is a sign-in page. */
  readonly login?: boolean
  /** With `--https`: the certificates that visitors have to trust. */
  readonly https?: LocalCertificates | undefined
  readonly outside?: readonly string[]
  /** Whether this is a container, so that 127.0.0.1 is only its own. */
  readonly inContainer?: boolean
}

const NAMES_SHOWN = 5

/** The message for a terminal: at most eight lines. */
export function startupMessage(facts: StartupFacts): string {
  const urls = urlsOf(facts)
  const { https, mlflow } = facts
  if (https !== undefined && mlflow !== undefined)
    return [
      openLine(facts, urls.slice(1)),
      guarding(facts),
      ...trustLines(https),
      // the last one names the file of the certificate authority
      ...variableLines(facts, urls),
    ].join('\n')
  return [
    openLine(facts, []),
    ...furtherLines(facts, urls),
    guarding(facts),
    ...accountNote(facts),
    ...(https === undefined ? [] : [...trustLines(https), `  ${https.files.authority}`]),
    ...(mlflow === 'started' && accountNote(facts).length === 0
      ? ['MLflow needs none of the options --host and --allowed-hosts that it mentions.']
      : []),
    ...(mlflow === undefined || facts.listen.every(isSocket)
      ? []
      : ["For MLflow's Python client, before it runs:", ...variableLines(facts, urls)]),
  ].join('\n')
}

function loopbackHint({ listen, inContainer = false }: StartupFacts): string {
  if (!isLocalOnly(listen)) return ''
  return inContainer ? `  (${CONTAINER_HINT})` : '  (for other machines as well: --host 0.0.0.0)'
}

/** A published port leads to the container's own address, not to its loopback. */
const CONTAINER_HINT = 'from within this container only; from outside as well: --host 0.0.0.0'

/** Whether only this machine can reach the guard. */
const isLocalOnly = ([first, ...more]: readonly GuardAddress[]): boolean =>
  more.length === 0 && first !== undefined && !isSocket(first) && isLoopback(first.host)

/** One line for each further address; for the only one, those of the network. */
function furtherLines(facts: StartupFacts, urls: readonly string[]): string[] {
  const { listen } = facts
  if (listen.length === 1) return urls.length > 1 ? [`      ${networkUrl(urls.slice(1))}`] : []
  return listen.slice(1).map(address => `      ${networkUrl(urlsOf({ ...facts, listen: [address] }))}`)
}

/** @param others the addresses of the network, if they are to be on this line. */
function openLine(facts: StartupFacts, others: readonly string[]): string {
  if (others.length > 0) return `Open  ${networkUrl(others)}`
  return `Open  ${urlsOf(facts)[0] ?? ''}${loopbackHint(facts)}`
}

const networkUrl = ([first = '', ...more]: readonly string[]): string =>
  more.length === 0 ? first : `${first}  (and ${more.length} more)`

/** What visitors need; `htpasswd trust` prints each system's steps. */
const trustLines = ({ fingerprint }: LocalCertificates): string[] => [
  `Browsers warn until they trust this authority: ${programName()} trust`,
  `  SHA-256 ${fingerprint}`,
]

/** The message for a log: one line. */
export const startupLine = (facts: StartupFacts): string =>
  [
    `Open ${urlsOf(facts).join(', ')}`,
    ...(facts.inContainer && isLocalOnly(facts.listen) ? [CONTAINER_HINT] : []),
    guarding(facts),
    ...accountNote(facts),
    ...(facts.https === undefined
      ? []
      : [`certificate authority ${facts.https.files.authority}, SHA-256 ${facts.https.fingerprint}`]),
  ].join(' - ')

/** The message's facts for programs. */
export const startupFields = (facts: StartupFacts): Readonly<Record<string, unknown>> => ({
  event: 'started',
  urls: urlsOf(facts),
  app: facts.guarded,
  file: facts.file,
  users: facts.users.length,
  ...(facts.https !== undefined && {
    authority: facts.https.files.authority,
    fingerprint: facts.https.fingerprint,
  }),
})

const guarding = ({ guarded, users, file }: StartupFacts): string =>
  `Guarding ${guarded} with ${count(users.length, 'user')} of ${file}`

const urlsOf = ({ scheme, listen, prefix, outside }: StartupFacts): string[] =>
  listen.flatMap(address => {
    const urls = reachableUrls(scheme, address, outside?.slice())
    return isSocket(address) ? urls : urls.map(url => `${url}${prefix}${prefix && '/'}`)
  })

function variableLines({ users, platform, env, https }: StartupFacts, urls: readonly string[]): string[] {
  // a client on another machine needs an address that it can reach
  const [first = '', second = first] = urls.filter(each => each.startsWith('http'))
  const url = second.replace(/\/$/, '')
  const only = users.length === 1 ? [...users][0]?.[0] : undefined
  const name = only !== undefined && /^[\w.@-]+$/.test(only) ? only : 'your-name'
  const variables = clientVariables(url, name, shellOf(platform, env), https?.files.authority)
  return variables.map(line => `  ${line}`)
}

/** Passwords that can be read on the network, and users whose hashes are weak or unusable. */
export const startupWarnings = (
  facts: Pick<StartupFacts, 'file' | 'users' | 'listen' | 'scheme'>,
): string[] => [...listenWarnings(facts), ...hashWarnings(facts.users, facts.file)]

/** What people can not do on the account page, since there is no file that it could write. */
const accountNote = ({ file, login }: StartupFacts): string[] =>
  login && file === USERS_VARIABLE
    ? [`The users of ${USERS_VARIABLE} cannot change their passwords or make tokens on the account page`]
    : []

/**
 * Hosting platforms set PORT to the port to listen on. An app that is started uses it itself.
 *
 * @returns a warning if PORT is set and no option says where to listen.
 */
export function portWarnings(
  { listen }: Pick<StartupFacts, 'listen'>,
  { PORT: port = '' }: NodeJS.ProcessEnv,
  command: readonly string[],
): string[] {
  const [only = { path: '' }] = listen
  const isDefault = !isSocket(only) && only.host === '127.0.0.1' && only.port === 8080 && listen.length === 1
  if (!isDefault || command.length > 0 || !/^\d{1,5}$/.test(port)) return []
  return [`PORT is ${port} and is not used; to listen there: --listen 0.0.0.0:${port}`]
}

function listenWarnings({ listen, scheme }: Pick<StartupFacts, 'listen' | 'scheme'>): string[] {
  const open = listen.filter(isPort).filter(({ host }) => !isLoopback(host))
  if (scheme === 'https' || open.length === 0) return []
  const where = open.some(({ host }) => isEveryAddress(host))
    ? 'every network of this machine'
    : [...new Set(open.map(({ host }) => host))].join(' and ')
  return [
    `plain HTTP on ${where}: passwords can be read on the network. ` +
      'Use --https, or a network that you trust.',
  ]
}

/** Users whose password is easily guessed from its hash, or who cannot log in, with what to do. */
export function hashWarnings(users: Iterable<readonly [user: string, hash: string]>, file: string): string[] {
  const [weak, unusable] = [new Names(), new Names()]
  const formats = new Set<string>()
  for (const [user, hash] of users) {
    const info = identify(hash)
    if (info === undefined) unusable.add(user)
    else if (info.strength !== 'strong') {
      weak.add(user)
      formats.add(nameOf(info))
    }
  }
  const warnings: string[] = []
  if (weak.count > 0) {
    warnings.push(
      `${weak}: ${[...formats].join(', ')} is easily guessed once the file leaks. ${newPasswordAdvice(file)}`,
    )
  }
  if (unusable.count > 0) {
    warnings.push(
      `${unusable} cannot log in: plain text, locked, damaged or of an unknown format. ` +
        newPasswordAdvice(file),
    )
  }
  return warnings
}

const newPasswordAdvice = (file: string): string =>
  file === USERS_VARIABLE
    ? `Set a new password in the file that ${USERS_VARIABLE} was exported from`
    : `Set a new password with: ${programName()} passwd ${shellWord(file)} NAME`

const nameOf = ({ format, cost }: HashInfo): string =>
  cost === undefined ? format : `${format} of cost ${cost}`

/** Names for a message: the first few, and how many more. */
class Names {
  count = 0
  readonly #shown: string[] = []

  add(name: string): void {
    if (this.count++ < NAMES_SHOWN) this.#shown.push(printable(name))
  }

  toString(): string {
    const more = this.count - this.#shown.length
    return `${this.count === 1 ? 'user' : 'users'} ${this.#shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  }
}
