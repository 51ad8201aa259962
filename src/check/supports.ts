// Whether a server checks a record, and if not, why and which format it does check.
import { HtpasswdError } from '../errors.ts'
import { describeHash, type HashDescription, trimTrailingWhitespace } from '../hash/describe.ts'
import { foreignHash } from '../hash/foreign.ts'
import type { FormatId } from '../hash/registry.ts'
import { type Server, type ServerName, serverNames, servers } from './servers.ts'

/** The result of `supports`. */
export interface Support {
  /** Whether the right password logs in. */
  readonly ok: boolean
  /** Why not, or on what it depends. Never contains the hash. */
  readonly reason?: string
}

/** The flags of the command that make a format, best first. */
const flags: readonly (readonly [FormatId, string])[] = [
  ['bcrypt', '-B -C 12'],
  ['sha512crypt', '-5'],
  ['apr1', '-m'],
  ['sha1', '-s'],
]

/** @throws HtpasswdError `ERR_OPTION` for an unknown server. */
export function serverRow(server: ServerName): Server {
  if (Object.hasOwn(servers, server)) return servers[server]
  throw new HtpasswdError('ERR_OPTION', `server expected one of ${serverNames.join(', ')}, got "${server}"`)
}

/** The command that writes a record which this server checks. */
export function commandFor({ takes }: Server): string {
  const [, flag] = flags.find(([format]) => takes[format] === true) ?? ['', '']
  return `htpasswd ${flag} FILE USER`
}

/**
 * Whether a server checks a stored hash. The result comes from the server's source code; see `servers.ts`.
 *
 * @param hash the second field of a record, one Latin-1 character a byte.
 * @throws HtpasswdError `ERR_OPTION` for an unknown server.
 *
 * @example
 * ```js
 * import { supports } from 'htpasswd-kit'
 *
 * console.log(supports('apache', '$apr1$abcdefgh$ErTEbPtDG8sGDe7vAaG2W0'))
 * console.log(supports('caddy', '$apr1$abcdefgh$ErTEbPtDG8sGDe7vAaG2W0').ok)
 * ```
 *
 * ```text
 * { ok: true }
 * false
 * ```
 */
export function supports(server: ServerName, hash: string): Support {
  const row = serverRow(server)
  const found = describeHash(hash)
  const isCut =
    found.state === 'trailing-whitespace' &&
    (row.whitespace === 'trimmed' || (row.hasGoBcrypt && found.format === 'bcrypt'))
  const description = isCut ? describeHash(trimTrailingWhitespace(hash)) : found
  if (description.state === 'usable') {
    const takes = row.takes[description.format as FormatId]
    if (takes !== undefined && knowsVariant(row, description)) {
      if (takes === true) return { ok: true }
      return { ok: true, reason: `if its C library knows ${description.format}, as libxcrypt and musl do` }
    }
  }
  if (row.others === 'crypt' && foreignHash(hash)?.libxcrypt) {
    return { ok: true, reason: `if its C library knows ${description.format}, as libxcrypt does` }
  }
  if (description.state === 'stray-bits' && row.hasGoBcrypt) return { ok: true }
  if (row.takesPlainMark && hash.startsWith('{PLAIN}')) return { ok: true, reason: 'as plain text' }
  if (row.others === 'compared') return compared(hash, row, description)
  return { ok: false, reason: `${reasons[description.state](description, row)}${consequence(row)}` }
}

const knowsVariant = ({ bcryptVariants }: Server, { format, variant }: HashDescription): boolean =>
  format !== 'bcrypt' || bcryptVariants === undefined || bcryptVariants.includes(variant ?? '')

function consequence({ others, refusesLast, title }: Server): string {
  if (others === 'refused') return `; ${title} refuses the whole file because of it`
  return refusesLast ? '; if it is the last record, the whole file is refused' : ''
}

/** Windows has no crypt(3): these builds compare the password with the text of the record. */
function compared(hash: string, { title }: Server, { state, format }: HashDescription): Support {
  if (state === 'plaintext' && !hash.startsWith('{PLAIN}'))
    return { ok: true, reason: `as plain text: ${title} compares what it cannot check` }
  if (state === 'empty') return { ok: false, reason: `${title} accepts an empty password` }
  return {
    ok: false,
    reason: `${title} cannot check ${comparedAs[state] ?? format} and compares it as plain text: the user cannot log in, but everyone who can read the file can`,
  }
}

const comparedAs: Partial<Record<HashDescription['state'], string>> = {
  'service-account': 'the record of a service account',
  locked: 'a locked record',
  'stray-bits': 'a hash with stray bits in its salt',
  damaged: 'a damaged hash',
  'escaped-dollars': 'a hash with doubled $',
  'trailing-whitespace': 'a hash with whitespace after it',
  plaintext: '{PLAIN}',
}

type Reason = (description: HashDescription, row: Server) => string

const checksOnly = ({ title, takes }: Server): string => `${title} checks ${Object.keys(takes).join(', ')}`

const reasons: Readonly<Record<HashDescription['state'], Reason>> = {
  usable: ({ format }, row) => `${checksOnly(row)}, not ${format}`,
  unknown: ({ format }, row) => `${checksOnly(row)}, not ${format}`,
  plaintext: (_, row) => `${checksOnly(row)}, not plain text`,
  'escaped-dollars': ({ format }) => `every $ of the ${format} hash is doubled`,
  'trailing-whitespace': (_, { title }) => `${title} reads the whitespace after the hash as part of it`,
  'stray-bits': ({ format }, { title }) =>
    `${title} refuses the stray bits in the salt of the ${format} hash`,
  damaged: ({ format }) => `the ${format} hash is damaged`,
  'service-account': () => 'the user is a service account, which has no password',
  locked: () => 'the record is locked',
  empty: () => 'there is no hash',
}
