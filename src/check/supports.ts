// Whether a server lets a user with this record in, and if not, why and which format it does take.
import { HtpasswdError } from '../errors.ts'
import { describeHash, type HashDescription, withoutBlankBehind } from '../hash/describe.ts'
import type { FormatId } from '../hash/registry.ts'
import { type Target, type TargetRow, targetNames, targets } from './servers.ts'

/** The answer to `supports`. */
export interface Support {
  /** Whether the correct password of this record is accepted there. */
  readonly ok: boolean
  /** Why not, or what it depends on; contains no hash. */
  readonly reason?: string
}

/** The flags of the command that make a format, best first. */
const flags: readonly (readonly [FormatId, string])[] = [
  ['bcrypt', '-B -C 12'],
  ['sha512crypt', '-5'],
  ['apr1', '-m'],
  ['sha1', '-s'],
]

/** What libxcrypt's crypt(3) knows and we do not (crypt(5), "AVAILABLE HASHING METHODS"). */
const CRYPT_MARK = /^\$(?:y|gy|sm3y?|7|sha1|md5)[$,]/

/** @throws HtpasswdError `ERR_OPTION` for an unknown server. */
export function targetRow(target: Target): TargetRow {
  if (Object.hasOwn(targets, target)) return targets[target]
  throw new HtpasswdError('ERR_OPTION', `target expected one of ${targetNames.join(', ')}, got "${target}"`)
}

/** The command that makes a record which this server takes. */
export function commandFor({ takes }: TargetRow): string {
  const [, flag] = flags.find(([format]) => takes[format] === true) ?? ['', '']
  return `htpasswd ${flag} FILE USER`
}

/**
 * Whether a server can verify a stored hash. The result comes from the server's source code; see `servers.ts`.
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
export function supports(target: Target, hash: string): Support {
  const row = targetRow(target)
  const found = describeHash(hash)
  const isCut =
    found.state === 'blank-behind' &&
    (row.blanks === 'cut' || (row.ignoresBcryptTail && found.format === 'bcrypt'))
  const description = isCut ? describeHash(withoutBlankBehind(hash)) : found
  if (description.state === 'usable') {
    const takes = row.takes[description.format as FormatId]
    if (takes !== undefined && knowsVariant(row, description)) {
      if (takes === true) return { ok: true }
      return { ok: true, reason: `if its C library knows ${description.format}, as libxcrypt and musl do` }
    }
  }
  if (row.others === 'crypt' && CRYPT_MARK.test(hash)) {
    return { ok: true, reason: `if its C library knows ${description.format}, as libxcrypt does` }
  }
  if (row.takesPlainMark && hash.startsWith('{PLAIN}')) return { ok: true, reason: 'as plain text' }
  if (row.others === 'compared') return compared(hash, row, description)
  return { ok: false, reason: `${reasons[description.state](description, row)}${consequence(row)}` }
}

const knowsVariant = ({ bcryptVariants }: TargetRow, { format, variant }: HashDescription): boolean =>
  format !== 'bcrypt' || bcryptVariants === undefined || bcryptVariants.includes(variant ?? '')

function consequence({ others, refusesLast, title }: TargetRow): string {
  if (others === 'refused') return `; ${title} refuses the whole file for it`
  return refusesLast ? '; if it is the last record, the whole file is refused' : ''
}

/** Windows has no crypt(3): the password that gets in is the text of the record. */
function compared(hash: string, { title }: TargetRow, { state, format }: HashDescription): Support {
  if (state === 'plain-text' && !hash.startsWith('{PLAIN}'))
    return { ok: true, reason: `as plain text, for ${title} compares what it cannot check` }
  if (state === 'empty') return { ok: false, reason: `${title} lets an empty password in` }
  return {
    ok: false,
    reason: `${title} cannot check ${compareds[state] ?? format} and compares it as plain text: the user cannot log in, whoever reads the file can`,
  }
}

const compareds: Partial<Record<HashDescription['state'], string>> = {
  locked: 'a locked record',
  damaged: 'a damaged hash',
  'doubled-dollar': 'a hash with every $ doubled',
  'blank-behind': 'a hash with a blank behind it',
  'plain-text': '{PLAIN}',
}

type Reason = (description: HashDescription, row: TargetRow) => string

const takesOnly = ({ title, takes }: TargetRow): string => `${title} takes ${Object.keys(takes).join(', ')}`

const reasons: Readonly<Record<HashDescription['state'], Reason>> = {
  usable: ({ format }, row) => `${takesOnly(row)}, not ${format}`,
  unknown: ({ format }, row) => `${takesOnly(row)}, not ${format}`,
  'plain-text': (_, row) => `${takesOnly(row)}, not plain text`,
  'doubled-dollar': ({ format }) => `every $ of the ${format} hash is doubled`,
  'blank-behind': (_, { title }) => `${title} takes the blank behind the hash for part of it`,
  damaged: ({ format }) => `the ${format} hash is damaged`,
  locked: () => 'the record is locked',
  empty: () => 'there is no hash',
}
