// How a new password of an existing user is hashed, so that the record does not become weaker.
import { findFormat, type HashOptions } from '../../hash/options.ts'
import { identify } from '../../hash/registry.ts'

/**
 * The format and cost of a strong record, for its next hash; undefined if the record is not strong, or there is none.
 * The number of rounds that SHA-crypt has by default is not written out, as in the record.
 */
export function keptHashing(hash: string | undefined): HashOptions | undefined {
  const { format, strength, cost, rounds } = (hash !== undefined && identify(hash)) || {}
  if (format === undefined || strength !== 'strong') return undefined
  const { default: standard = 0, max = 0 } = findFormat(format).parameter ?? {}
  if (cost !== undefined) return { format, cost: Math.min(cost, max) }
  return rounds === undefined || rounds === standard ? { format } : { format, rounds: Math.min(rounds, max) }
}
