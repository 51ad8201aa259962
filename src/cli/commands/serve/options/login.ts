// Options of `htpasswd serve` under "Who gets in": the challenge, what needs no login, and the limits on failures and connections.
import { type ProxyName, proxyNames } from '../../../../http/guard/auth-endpoint.ts'
import { languages } from '../../../../http/pages/texts.ts'
import { oneOf, text, wholeNumber } from '../../../options/table.ts'
import type { ServeOptionTable } from './row.ts'

const group = 'Who gets in:'

export const whoGetsIn = {
  realm: {
    group,
    argument: 'TEXT',
    describe: 'realm of the challenge',
    default: 'Restricted',
    read: text,
    guard: 'realm',
  },
  contact: {
    group,
    argument: 'TEXT',
    describe: 'whom people can ask, on the pages about errors: a name, an e-mail address or a URL',
    read: text,
    guard: 'contact',
  },
  lang: {
    group,
    argument: 'LANGUAGE',
    describe: 'language of the pages: en, de or fr',
    default: 'en',
    read: oneOf(...languages),
    guard: 'lang',
  },
  'allow-path': {
    group,
    argument: 'PATH',
    repeatable: true,
    describe: 'no login for GET and HEAD of exactly this path (repeatable)',
    read: text,
    guard: 'allowPaths',
  },
  'allow-origin': {
    group,
    argument: 'ORIGIN',
    repeatable: true,
    describe: 'allow cross-origin requests with credentials (CORS) from this origin (repeatable)',
    read: text,
    guard: 'allowOrigins',
  },
  'max-failures': {
    group,
    argument: 'N',
    describe:
      'consecutive wrong passwords for a user from an address before 429; ten times as many for the address; 0 disables',
    default: '10',
    read: wholeNumber(0, 1_000_000),
  },
  'max-connections': {
    group,
    argument: 'N',
    describe: 'connections per address on which nobody has logged in; 0 disables the limit',
    default: '100',
    read: wholeNumber(0, 1_000_000),
    guard: 'maxConnectionsPerAddress',
  },
  'trust-proxy': {
    group,
    argument: 'CIDR',
    repeatable: true,
    describe: 'trust X-Forwarded-For from these addresses (repeatable)',
    read: text,
    guard: 'trustProxy',
  },
  'auth-endpoint': {
    group,
    argument: 'PROXY',
    repeatable: true,
    describe:
      'answer nginx, traefik, caddy, envoy or haproxy at /.htpasswd/auth/PROXY whether it may forward a request (repeatable)',
    read: oneOf<ProxyName>(...proxyNames),
    guard: 'authEndpoints',
  },
} as const satisfies ServeOptionTable
