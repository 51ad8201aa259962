// Options of `htpasswd serve` under "Identity provider": whose tokens count, and whom their claims name.
import type { AllowRule } from '../../../../auth/openid/claims.ts'
import { oneOf, text } from '../../../options/table.ts'
import type { ServeOptionTable } from './row.ts'

const group = 'Identity provider:'

function allowRule(value: string): AllowRule {
  if (/^(group|domain|user):\S+$/.test(value)) return value as AllowRule
  throw new Error(`expected group:NAME, domain:NAME or user:NAME, got "${value}"`)
}

export const identityProvider = {
  'oidc-issuer': {
    group,
    argument: 'URL',
    describe:
      'a button on the page of --login that signs in with this OpenID Connect provider; needs --oidc-client-id and --public-url',
    read: text,
  },
  'oidc-client-id': {
    group,
    argument: 'ID',
    describe: 'the id with which this server is registered at --oidc-issuer',
    read: text,
  },
  'oidc-client-secret-file': {
    group,
    argument: 'FILE',
    describe: "the file with the client's secret; without it this is a public client, which PKCE protects",
    read: text,
  },
  'jwt-issuer': {
    group,
    argument: 'URL',
    repeatable: true,
    describe: 'accept JSON Web Tokens of this issuer as Bearer; needs --jwt-audience (repeatable, in pairs)',
    read: text,
  },
  'jwt-audience': {
    group,
    argument: 'TEXT',
    repeatable: true,
    describe: 'the audience that the tokens of --jwt-issuer must name (repeatable, in the same order)',
    read: text,
  },
  'oidc-user-claim': {
    group,
    argument: 'CLAIM',
    describe: 'the claim with the name of the user; email counts only if it is verified',
    default: 'email',
    read: text,
  },
  'oidc-groups-claim': {
    group,
    argument: 'CLAIM',
    describe: 'the claim with the groups of the user, added to those of --groups',
    read: text,
  },
  'oidc-users': {
    group,
    argument: 'file|any',
    describe:
      'who may sign in: file, the users of the password FILE (NAME:* is one without a password); any, whom --oidc-allow names',
    default: 'file',
    read: oneOf('file', 'any'),
  },
  'oidc-allow': {
    group,
    argument: 'WHO',
    repeatable: true,
    describe: 'with --oidc-users any: group:NAME, domain:NAME or user:NAME (repeatable)',
    read: allowRule,
  },
} as const satisfies ServeOptionTable
