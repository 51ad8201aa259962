// The stored hash that an unknown user's password is compared with, so that the work done does not tell who exists.
import { hash, randomBytes } from 'node:crypto'
import { excessOf, type HashLimits } from '../hash/options.ts'
import { parseHash, type StoredHash } from '../hash/registry.ts'
import type { UserSource } from './user-source.ts'

// bcrypt of cost 12, this package's default, of a password that is not known
const WITHOUT_USERS = parseHash(`$2y$12$${'.'.repeat(21)}O${'.'.repeat(31)}`) as StoredHash

/** A sample of a thousand users shows the mix of formats in a large file. */
const SAMPLE = 1000
const REFRESH_MILLISECONDS = 10_000

/** The share of the users up to and including those of one format and cost, and one of their hashes. */
interface Share {
  readonly upTo: number
  readonly example: StoredHash
}

/**
 * Gives each unknown name a dummy hash. It is a real record, so it is computed in full (Traefik's dummy was empty,
 * CVE-2026-41263). That it can match is harmless, because the result is dropped.
 *
 * In a file of several formats and costs, one dummy hash for all unknown names would tell the names of the rarer ones by
 * the time of one attempt (Caddy's has a fixed cost). So a keyed digest of the name picks among them in the proportions of
 * the file: always the same one for a name, and which one cannot be computed without the key.
 *
 * Every attempt may refresh the sample: refreshing for unknown names only would reveal them by its time.
 */
export class DummyHashes {
  readonly #source: UserSource
  readonly #limits: HashLimits
  readonly #now: () => number
  readonly #secret = randomBytes(32).toString('hex')
  #shares: readonly Share[] = [{ upTo: 1, example: WITHOUT_USERS }]
  #sample: readonly string[] | undefined
  #refreshedAt = Number.NEGATIVE_INFINITY

  constructor(source: UserSource, limits: HashLimits, now: () => number) {
    this.#source = source
    this.#limits = limits
    this.#now = now
  }

  /** The dummy hash for a name. */
  of(name: string): StoredHash {
    this.#refresh()
    const digest = hash('sha256', `${this.#secret} ${name}`, 'hex')
    const share = Number.parseInt(digest.slice(0, 8), 16) / 2 ** 32
    const { example } = this.#shares.find(({ upTo }) => share < upTo) ?? { example: WITHOUT_USERS }
    return example
  }

  #refresh(): void {
    if (this.#source.hashSample !== undefined) {
      const sample = this.#source.hashSample()
      if (sample !== this.#sample) this.#shares = sharesOf(sample, this.#limits)
      this.#sample = sample
    } else if (this.#now() - this.#refreshedAt >= REFRESH_MILLISECONDS) {
      this.#refreshedAt = this.#now()
      this.#shares = sharesOf(firstHashes(this.#source), this.#limits)
    }
  }
}

function firstHashes(source: UserSource): string[] {
  const hashes: string[] = []
  let count = 0
  for (const user of source.users?.() ?? []) {
    if (count++ === SAMPLE) break
    const hash = source.get(user)
    if (typeof hash === 'string') hashes.push(hash)
  }
  return hashes
}

/** In a fixed order of formats and costs, so that one changed user reassigns few unknown names. */
function sharesOf(sample: readonly string[], limits: HashLimits): Share[] {
  const kinds = new Map<string, { count: number; example: StoredHash }>()
  let total = 0
  for (const text of sample) {
    const stored = parseHash(text)
    if (stored === undefined || excessOf(stored, limits) !== undefined) continue
    const { cost, rounds, variant } = stored.info
    const name = `${stored.format.id} ${variant === '2x' ? variant : ''} ${cost ?? rounds ?? ''}`
    const kind = kinds.get(name)
    if (kind === undefined) kinds.set(name, { count: 1, example: stored })
    else kind.count++
    total++
  }
  if (total === 0) return [{ upTo: 1, example: WITHOUT_USERS }]
  let before = 0
  return [...kinds]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { count, example }]) => {
      before += count
      return { upTo: before / total, example }
    })
}
