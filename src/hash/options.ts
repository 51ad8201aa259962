// The options for new hashes and for verifications, and the limits of what a stored hash may cost.
import { checkInteger, HtpasswdError, rejectUnknownKeys } from '../errors.ts'
import type { HashFormat } from './format.ts'
import { bcrypt } from './formats/bcrypt.ts'
import { type FormatId, formats, type StoredHash } from './registry.ts'

/** How a new hash is made, or what an old one is compared with. */
export interface HashOptions {
  /** Default: `bcrypt`. `plaintext` stores the password itself. */
  readonly format?: FormatId
  /** bcrypt only: 4 to 17, each step doubles the time. Default: 12, about a third of a second. */
  readonly cost?: number
  /** `sha256crypt` and `sha512crypt` only: 1000 to 999999999. Default: 5000. */
  readonly rounds?: number
}

/** What a stored hash may cost at most. */
export interface HashLimits {
  /** A bcrypt hash above this cost is an error before any work. Default: 17. */
  readonly maxCost?: number
  /** A SHA-crypt hash above this many rounds is an error before any work. Default: 10000000. */
  readonly maxRounds?: number
}

/** How much work a verification may take, and whether plain text may be compared. */
export interface VerifyOptions extends HashLimits {
  /**
   * Compare with the stored text itself if it is not a known hash, as Apache on Windows does. Text of 13 letters and
   * digits may be a DES hash or a password, so it is tried as both. Default: false.
   */
  readonly plaintext?: boolean
}

/** @throws HtpasswdError `ERR_OPTION` for an unknown name. */
export function findFormat(id: FormatId = bcrypt.id): HashFormat<FormatId> {
  const format = formats.find(candidate => candidate.id === id)
  if (format === undefined) {
    const known = formats.map(({ id }) => id).join(', ')
    throw new HtpasswdError('ERR_OPTION', `"format" expected one of ${known}, got ${JSON.stringify(id)}`)
  }
  return format
}

/** The format's parameter out of the options, checked; undefined where it is not given. */
export function parameterOf(format: HashFormat, options: HashOptions): number | undefined {
  rejectUnknownKeys('HashOptions', options, ['format', 'cost', 'rounds'])
  for (const name of ['cost', 'rounds'] as const) {
    const value = options[name]
    if (value === undefined) continue
    const parameter = format.parameter
    if (parameter?.name !== name) {
      throw new HtpasswdError(
        'ERR_OPTION',
        `"${name}" expected a format that has it, got the format ${format.id}`,
      )
    }
    checkInteger(name, value, parameter.min, parameter.max)
  }
  return format.parameter && options[format.parameter.name]
}

/** A limit that is not a number would compare as "not above" with everything, so it would be no limit. */
export function checkVerifyOptions(options: VerifyOptions): void {
  rejectUnknownKeys('VerifyOptions', options, ['maxCost', 'maxRounds', 'plaintext'])
  for (const name of ['maxCost', 'maxRounds'] as const) checkInteger(name, options[name], 1)
}

/** Says in what a hash asks for more work than the limits allow; undefined where it does not. */
export function excessOf({ format, info }: StoredHash, limits: HashLimits): string | undefined {
  if (format.parameter === undefined) return undefined
  const { name, verifyMax } = format.parameter
  const limit = (name === 'cost' ? limits.maxCost : limits.maxRounds) ?? verifyMax
  const value = info[name] ?? 0
  return value > limit ? `the ${format.id} hash has ${name} ${value}, above the limit of ${limit}` : undefined
}
