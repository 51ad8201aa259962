// Options of `htpasswd serve` under "Who gets in": the challenge, what needs no login, and the limits on failures and connections.

import { formatChallenge } from '../../../../http/basic/challenge.ts'
import { type ProxyName, proxyNames } from '../../../../http/guard/auth-endpoint.ts'
import { checkTrustProxy } from '../../../../http/guard/client-address.ts'
import { checkOrigin } from '../../../../http/guard/cross-site.ts'
import { checkAllowPath } from '../../../../http/guard/route.ts'
import { languages } from '../../../../http/pages/texts.ts'
import { oneOf, text, wholeNumber } from '../../../options/table.ts'
import { checked, type ServeOptionTable } from './row.ts'

const group = 'Who gets in:'

export const whoGetsIn = {
  realm: {
    group,
    argument: 'TEXT',
    describe: 'the realm: a name that some browsers show in the password dialog',
    default: 'Restricted',
    read: checked(realm => formatChallenge(realm) && realm),
    guard: 'realm',
    live: true,
  },
  contact: {
    group,
    argument: 'TEXT',
    describe: 'whom people can ask, on the pages about errors: a name, an e-mail address or a URL',
    read: text,
    guard: 'contact',
    live: true,
  },
  lang: {
    group,
    argument: 'LANGUAGE',
    describe: 'language of the pages: en, de or fr',
    default: 'en',
    read: oneOf(...languages),
    guard: 'lang',
    live: true,
  },
  tokens: {
    group,
    argument: 'FILE',
    describe:
      'personal access tokens that are accepted (htpasswd token); default: the password FILE with .tokens appended',
    read: text,
  },
  'allow-path': {
    group,
    argument: 'PATH',
    repeatable: true,
    describe: 'no login for GET and HEAD of exactly this path (repeatable)',
    read: checked(checkAllowPath),
    guard: 'allowPaths',
    live: true,
  },
  'allow-origin': {
    group,
    argument: 'ORIGIN',
    repeatable: true,
    describe: 'allow cross-origin requests with credentials (CORS) from this origin (repeatable)',
    read: checked(checkOrigin),
    guard: 'allowOrigins',
    live: true,
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
    describe:
      'trust X-Forwarded-For, -Proto and -Host from these addresses; also "loopback", "private" and "unix" (repeatable, or with commas)',
    read: checked(checkTrustProxy),
    guard: 'trustProxy',
    live: true,
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
