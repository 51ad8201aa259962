// The options of `htpasswd serve`: one row each; types, help, environment and --config follow from it, and so does the
// guard's option of the row's `guard`. Only an option that does something else has a second place, where it acts.
import { parseUpstreamUrl } from '../../../http/client/upstream-url.ts'
import type { GuardOptions } from '../../../http/guard/options.ts'
import {
  type CommandSpec,
  helpOption,
  type Option,
  oneOf,
  text,
  type ValuesOf,
  wholeNumber,
} from '../../options/table.ts'
import { passwordOptions } from '../../password/options.ts'
import { readAddress } from './address.ts'

/** A row; with `guard`, its value is that option of `createGuard`. */
interface ServeOption extends Option {
  readonly guard?: keyof GuardOptions
}

/** Seconds, as milliseconds. */
const seconds = (max: number) => {
  const read = wholeNumber(0, max)
  return (value: string): number => read(value) * 1000
}

export const serveOptions = {
  upstream: {
    group: 'What to guard:',
    argument: 'URL',
    describe: 'the app to guard, such as http://127.0.0.1:5000',
    read: (value: string): URL => parseUpstreamUrl(value),
  },
  demo: { group: 'What to guard:', describe: 'guard a small built-in page' },
  init: {
    group: 'What to guard:',
    describe:
      'if FILE is missing, create it with the user "admin"; --generate and --password-file say which password',
  },
  ...passwordOptions,
  listen: {
    group: 'Where to listen:',
    argument: '[HOST:]PORT',
    describe: 'address to listen on; 0.0.0.0:8080 is every IPv4 address',
    default: '127.0.0.1:8080',
    read: readAddress,
  },
  'tls-cert': {
    group: 'Where to listen:',
    argument: 'FILE',
    describe: 'serve HTTPS with this certificate chain (PEM; read again when it changes)',
    read: text,
  },
  'tls-key': {
    group: 'Where to listen:',
    argument: 'FILE',
    describe: 'the private key of --tls-cert (PEM)',
    read: text,
  },
  prefix: {
    group: 'Where to listen:',
    argument: 'PATH',
    describe: 'serve the app below this path, such as /mlflow',
    read: text,
    guard: 'prefix',
  },
  realm: {
    group: 'Who gets in:',
    argument: 'TEXT',
    describe: 'realm of the challenge',
    default: 'Restricted',
    read: text,
    guard: 'realm',
  },
  'allow-path': {
    group: 'Who gets in:',
    argument: 'PATH',
    repeatable: true,
    describe: 'no login for GET and HEAD of exactly this path (repeatable)',
    read: text,
    guard: 'allowPaths',
  },
  'allow-origin': {
    group: 'Who gets in:',
    argument: 'ORIGIN',
    repeatable: true,
    describe: 'allow cross-origin requests with credentials (CORS) from this origin (repeatable)',
    read: text,
    guard: 'allowOrigins',
  },
  'max-failures': {
    group: 'Who gets in:',
    argument: 'N',
    describe:
      'consecutive wrong passwords for a user from an address before 429; ten times as many for the address; 0 disables',
    default: '10',
    read: wholeNumber(0, 1_000_000),
  },
  'max-connections': {
    group: 'Who gets in:',
    argument: 'N',
    describe: 'connections per address on which nobody has logged in; 0 disables the limit',
    default: '100',
    read: wholeNumber(0, 1_000_000),
    guard: 'maxConnectionsPerAddress',
  },
  'trust-proxy': {
    group: 'Who gets in:',
    argument: 'CIDR',
    repeatable: true,
    describe: 'trust X-Forwarded-For from these addresses (repeatable)',
    read: text,
    guard: 'trustProxy',
  },
  'user-header': {
    group: 'What the app sees:',
    argument: 'NAME',
    describe: 'send the user name to the app in this header, such as X-Forwarded-User',
    read: text,
  },
  'forward-auth': {
    group: 'What the app sees:',
    describe: 'pass the Authorization header, with the password, to the app',
    guard: 'forwardAuth',
  },
  'preserve-host': {
    group: 'What the app sees:',
    describe: "pass the client's Host header to the app instead of the upstream's",
    guard: 'preserveHost',
  },
  'forwarded-host': {
    group: 'What the app sees:',
    describe: 'tell the app the public address in X-Forwarded-Host and X-Forwarded-Proto (Gradio)',
    guard: 'forwardedHost',
  },
  'drop-header': {
    group: 'What the app sees:',
    argument: 'NAME',
    repeatable: true,
    describe: 'drop this header of clients, besides those that name a user or an address (repeatable)',
    read: text,
    guard: 'dropHeaders',
  },
  'allow-upgrade': {
    group: 'What the app sees:',
    argument: 'PROTOCOL',
    repeatable: true,
    describe:
      'let connections switch to this protocol besides websocket, such as tcp for Docker (repeatable)',
    read: text,
    guard: 'allowUpgrades',
  },
  'max-upstream-connections': {
    group: 'What the app sees:',
    argument: 'N',
    describe: 'connections to the app at a time, for which further requests wait up to 10 s; 0 is no limit',
    default: '2048',
    read: wholeNumber(0, 1_000_000),
    guard: 'maxUpstreamConnections',
  },
  'upstream-timeout': {
    group: 'What the app sees:',
    argument: 'SECONDS',
    describe: 'idle timeout of the app, after which the client gets 504; 0 disables',
    default: '0',
    read: seconds(2_000_000),
    guard: 'upstreamTimeout',
  },
  log: {
    group: 'Running:',
    argument: 'FORMAT',
    describe: 'access log on standard output: text, json or off',
    default: 'text',
    read: oneOf('text', 'json', 'off'),
  },
  workers: {
    group: 'Running:',
    argument: 'N',
    describe: 'number of processes that share the port, for more requests than one core serves',
    default: '1',
    read: wholeNumber(1, 64),
  },
  config: {
    group: 'Running:',
    argument: 'FILE',
    describe: 'JSON file with any of these options by name, and "file"',
    read: text,
  },
  help: helpOption,
} as const satisfies Readonly<Record<string, ServeOption>>

export const serveSpec: CommandSpec<typeof serveOptions> = {
  name: 'serve',
  synopsis: ['[FILE] --upstream URL', '[FILE] -- COMMAND [ARGUMENT ...]', '[FILE] --init --demo'],
  positionalsBeforeApp: 1,
  describe: 'Puts the users of the password FILE (default .htpasswd) in front of a web app.',
  options: serveOptions,
  epilogue:
    'Each option is an environment variable, too: HTPASSWD_UPSTREAM, HTPASSWD_ALLOW_PATH (separated by commas) …\nAfter "--" comes an app to start, to wait for and to stop at the end: htpasswd serve -- mlflow server --port 5000',
}

/** The checked values, by the names of the table. */
export type ServeValues = ValuesOf<typeof serveOptions>

/** The values of the rows that name an option of the guard, by that option. */
export function guardOptions(values: ServeValues): Partial<GuardOptions> {
  const rows: [string, ServeOption][] = Object.entries(serveOptions)
  const given = rows.flatMap(([name, { guard }]) =>
    guard === undefined ? [] : [[guard, values[name as keyof ServeValues]]],
  )
  return Object.fromEntries(given)
}
