// The option table of `htpasswd serve`: one row an option; parsing, types, help, environment and --config follow from it.
import { parseUpstreamUrl } from '../../../http/client/upstream-url.ts'
import { type Grammar, helpOption, type OptionTable, oneOf, text, wholeNumber } from '../../options/table.ts'
import { passwordOptions } from '../../password/options.ts'
import { readAddress } from './address.ts'

export const serveOptions = {
  upstream: {
    group: 'What to guard:',
    argument: 'URL',
    describe: 'the app to guard, such as http://127.0.0.1:5000',
    read: text => parseUpstreamUrl(text),
  },
  demo: { group: 'What to guard:', describe: 'without an upstream: guard a small built-in page' },
  init: {
    group: 'What to guard:',
    describe:
      'make FILE with the user "admin" where it is missing; for its password see --generate and --password-file',
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
    describe: 'serve https with this certificate chain (PEM; read again when it changes)',
    read: text,
  },
  'tls-key': {
    group: 'Where to listen:',
    argument: 'FILE',
    describe: 'the key of --tls-cert (PEM)',
    read: text,
  },
  prefix: {
    group: 'Where to listen:',
    argument: 'PATH',
    describe: 'serve the app below this path, such as /mlflow',
    read: text,
  },
  realm: {
    group: 'Who gets in:',
    argument: 'TEXT',
    describe: 'what the login prompt calls the place',
    default: 'Restricted',
    read: text,
  },
  'allow-path': {
    group: 'Who gets in:',
    argument: 'PATH',
    repeatable: true,
    describe: 'open to everyone: exactly this path, GET and HEAD only (repeatable)',
    read: text,
  },
  'allow-origin': {
    group: 'Who gets in:',
    argument: 'ORIGIN',
    repeatable: true,
    describe: 'let pages of this other origin change things (repeatable)',
    read: text,
  },
  'max-failures': {
    group: 'Who gets in:',
    argument: 'N',
    describe: 'wrong passwords in a row, of an address or for a name, before 429; 0 is never',
    default: '10',
    read: wholeNumber(0, 1_000_000),
  },
  'trust-proxy': {
    group: 'Who gets in:',
    argument: 'CIDR',
    repeatable: true,
    describe: 'believe X-Forwarded-For from these addresses (repeatable)',
    read: text,
  },
  'user-header': {
    group: 'What the app sees:',
    argument: 'NAME',
    describe: 'tell the app who it is in this header, such as X-Forwarded-User',
    read: text,
  },
  'forward-auth': {
    group: 'What the app sees:',
    describe: 'pass the Authorization header, with the password, to the app',
  },
  'preserve-host': {
    group: 'What the app sees:',
    describe: "pass the browser's Host to the app instead of the upstream's own",
  },
  'upstream-timeout': {
    group: 'What the app sees:',
    argument: 'SECONDS',
    describe: '504 after so long in which the app neither reads nor answers; 0 waits for ever',
    default: '0',
    read: wholeNumber(0, 2_000_000),
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
    describe: 'processes that share the port, for more requests than one core serves',
    default: '1',
    read: wholeNumber(1, 64),
  },
  config: {
    group: 'Running:',
    argument: 'FILE',
    describe: 'JSON file with any of these options by their names, and "file"',
    read: text,
  },
  help: helpOption,
} as const satisfies OptionTable

export const serveGrammar: Grammar<typeof serveOptions> = {
  name: 'serve',
  synopsis: ['[FILE] --upstream URL', '[FILE] -- COMMAND [ARGUMENT ...]', '[FILE] --init --demo'],
  wordsBeforeApp: 1,
  describe: 'Puts the users of the password FILE (default .htpasswd) in front of a web app.',
  options: serveOptions,
  epilogue:
    'Each option is an environment variable too: HTPASSWD_UPSTREAM, HTPASSWD_ALLOW_PATH (commas between) …\nBehind "--" stands an app to start, wait for and stop again: htpasswd serve -- mlflow server --port 5000',
}
