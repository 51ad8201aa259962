// The stored hash that an unknown user's password is compared with, so that the work done does not tell who exists.
import { excessOf, type HashLimits } from '../hash/options.ts'
import { parseHash, type StoredHash } from '../hash/registry.ts'
import type { UserSource } from './user-source.ts'

// bcrypt of cost 12, the cost of a hash made by this package's defaults; nobody knows a password for it
const WITHOUT_USERS = parseHash(`$2y$12$${'.'.repeat(21)}O${'.'.repeat(31)}`) as StoredHash

/** A large file's mix of formats shows in its first thousand users. */
const SAMPLE = 1000
const REFRESH_MILLISECONDS = 10_000

/**
 * Finds the dummy hash: one of the format and cost that the source mostly uses.
 *
 * It is a real record of a real user, so it is sure to be computed in full (Traefik's dummy was empty,
 * CVE-2026-41263; Caddy's has a fixed cost, which tells the users of any other). That it can match is harmless, because
 * the result is dropped.
 *
 * @returns a function that looks again after ten seconds at the earliest, because the source may change.
 */
export function createDummyHash(
  source: UserSource,
  now: () => number,
  limits: HashLimits = {},
): () => StoredHash {
  let dummy = WITHOUT_USERS
  let refreshedAt = Number.NEGATIVE_INFINITY
  return () => {
    if (now() - refreshedAt >= REFRESH_MILLISECONDS) {
      refreshedAt = now()
      dummy = mostlyUsed(source, limits) ?? WITHOUT_USERS
    }
    return dummy
  }
}

function mostlyUsed(source: UserSource, limits: HashLimits): StoredHash | undefined {
  const groups = new Map<string, { count: number; example: StoredHash }>()
  let largest: { count: number; example: StoredHash } | undefined
  let seen = 0
  for (const user of source.users?.() ?? []) {
    if (seen++ === SAMPLE) break
    const stored = parseHash(source.get(user) ?? '')
    if (stored === undefined || excessOf(stored, limits) !== undefined) continue
    const kind = `${stored.format.id} ${stored.info.cost ?? stored.info.rounds ?? ''}`
    const group = groups.get(kind) ?? { count: 0, example: stored }
    group.count++
    groups.set(kind, group)
    if (largest === undefined || group.count > largest.count) largest = group
  }
  return largest?.example
}
