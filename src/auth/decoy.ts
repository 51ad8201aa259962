// The stored hash that an unknown user's password is checked against, so that names cannot be told by the work done.
import { identify } from '../hash/registry.ts'
import type { UserSource } from './user-source.ts'

// bcrypt of cost 12, the cost of a hash made by this package's defaults; nobody knows a password for it
const WITHOUT_USERS = `$2y$12$${'.'.repeat(21)}O${'.'.repeat(31)}`

/** A large file's mix of formats shows in its first thousand users. */
const SAMPLE = 1000
const REFRESH_MILLISECONDS = 10_000

/**
 * Finds the decoy: a hash of the format and cost that the source mostly uses.
 *
 * It is a real record of a real user, so it is sure to be computed in full (Traefik's dummy was empty,
 * CVE-2026-41263; Caddy's has a fixed cost, which names the users of any other). That it can match is harmless:
 * whoever asks drops the answer.
 *
 * @returns a function that looks again after ten seconds at the earliest, for the source may change.
 */
export function createDecoy(source: UserSource, now: () => number): () => string {
  let decoy = WITHOUT_USERS
  let fresh = Number.NEGATIVE_INFINITY
  return () => {
    if (now() - fresh >= REFRESH_MILLISECONDS) {
      fresh = now()
      decoy = mostlyUsed(source) ?? WITHOUT_USERS
    }
    return decoy
  }
}

function mostlyUsed(source: UserSource): string | undefined {
  const groups = new Map<string, { count: number; example: string }>()
  let best: { count: number; example: string } | undefined
  let seen = 0
  for (const user of source.users?.() ?? []) {
    if (seen++ === SAMPLE) break
    const storedHash = source.get(user) ?? ''
    const info = identify(storedHash)
    if (info === undefined) continue
    const kind = `${info.format} ${info.cost ?? info.rounds ?? ''}`
    const group = groups.get(kind) ?? { count: 0, example: storedHash }
    group.count++
    groups.set(kind, group)
    if (best === undefined || group.count > best.count) best = group
  }
  return best?.example
}
