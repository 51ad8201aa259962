// The command line of `htpasswd token`: its actions and options.
import {
  type ActionTable,
  type CommandSpec,
  formsOf,
  helpOption,
  jsonOption,
  type OptionReader,
  type OptionTable,
  oneOf,
  text,
} from '../../options/table.ts'
import { tokenSynonyms } from '../../options/user-synonyms.ts'

const MAX_DAYS = 3650

/** Days; undefined for `never`. */
const lifetime: OptionReader<number | 'never'> = value => {
  if (value === 'never') return value
  const days = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (days >= 1 && days <= MAX_DAYS) return days
  throw new Error(`expected a number of days from 1 to ${MAX_DAYS}, or never, got "${value}"`)
}

const group = 'Tokens:'

export const tokenOptions = {
  name: { group, argument: 'TEXT', describe: 'what the token is for, such as ci', read: text },
  days: {
    group,
    argument: 'DAYS',
    describe: `how long it is valid: 1 to ${MAX_DAYS} days, or never`,
    default: '90',
    read: lifetime,
  },
  scope: {
    group,
    argument: 'SCOPE',
    describe: 'what it may do: all that its owner may, or only read',
    default: 'all',
    read: oneOf('all', 'read'),
  },
  user: { group, argument: 'USER', describe: 'the tokens of this user', read: text },
  expired: { group, describe: 'the tokens that have expired' },
  tokens: {
    group,
    argument: 'FILE',
    describe: 'the file with the tokens; default: the password FILE with .tokens appended',
    read: text,
  },
  json: jsonOption,
  help: helpOption,
} as const satisfies OptionTable

const actions = {
  add: {
    synopsis: ['[FILE] USER --name TEXT [--days 90] [--scope read]'],
    describe: 'make a token for a user, and print it once',
    options: ['name', 'days', 'scope', 'tokens', 'json'],
  },
  list: {
    synopsis: ['[FILE] [--user USER]'],
    describe: 'list tokens: owner, name, created, expires, last used',
    options: ['user', 'tokens', 'json'],
  },
  revoke: {
    synopsis: ['[FILE] ID ...', '[FILE] --user USER', '[FILE] --expired'],
    describe: 'end tokens at once',
    options: ['user', 'expired', 'tokens', 'json'],
  },
  rebind: {
    synopsis: ['[FILE] USER'],
    describe: 'keep the tokens of a user whose password another program changed',
    options: ['tokens', 'json'],
  },
} as const satisfies ActionTable

export const tokenSpec = {
  name: 'token',
  synopsis: formsOf(actions),
  actions,
  describe:
    'Keeps personal access tokens: logins of programs, which serve accepts as Authorization: Bearer and as the password of ' +
    'their owner. Only their digests are stored, in FILE.tokens. Without FILE the password file is .htpasswd, or the one ' +
    'that HTPASSWD_FILE names.',
  options: tokenOptions,
  synonyms: tokenSynonyms,
  examples: [
    'htpasswd token add users bob --name training',
    'htpasswd token list users --user bob',
    'htpasswd token revoke users --user bob',
  ],
  epilogue: 'Status 6: no such user, or no such token.',
} as const satisfies CommandSpec<typeof tokenOptions>
