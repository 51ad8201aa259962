// Verifies a password against a record, with the same work for every record and for none.
import { LRUCache } from 'lru-cache'
import type { ByteString } from '../bytes.ts'
import { HtpasswdError } from '../errors.ts'
import { foreignHash } from '../hash/foreign.ts'
import { excessOf, type HashLimits } from '../hash/options.ts'
import { parseHash } from '../hash/registry.ts'
import { DummyHashes } from './dummy-hash.ts'
import { spellingsOf } from './spellings.ts'
import type { Attempt } from './throttle.ts'
import type { UserSource } from './user-source.ts'
import type { Verify } from './verifier.ts'

const REPORTED_RECORDS = 1000

export interface RecordVerifierOptions {
  readonly source: UserSource
  readonly verify: Verify
  readonly limits: HashLimits
  /** The clock, in milliseconds. */
  readonly now: () => number
  /** Called once for each stored hash that cannot be verified, with the reason. */
  readonly onError: (error: unknown) => void
}

/** Compares passwords with records. */
export class RecordVerifier {
  readonly #verify: Verify
  readonly #limits: HashLimits
  readonly #onError: (error: unknown) => void
  readonly #dummyHashes: DummyHashes
  readonly #reported = new LRUCache<string, true>({ max: REPORTED_RECORDS })

  constructor({ source, verify, limits, now, onError }: RecordVerifierOptions) {
    this.#verify = verify
    this.#limits = limits
    this.#onError = onError
    this.#dummyHashes = new DummyHashes(source, limits, now)
  }

  /**
   * The hash first, whether the user exists last: the same work both ways (CVE-2026-32595 returned early). A record that
   * cannot be verified, or asks for more work than allowed, is refused after the work of a dummy hash.
   *
   * @param storedHash undefined for an unknown user.
   */
  async isRight(
    storedHash: string | undefined,
    password: ByteString,
    { name, subnet, network }: Attempt,
    isSuspect: boolean,
  ): Promise<boolean | 'full'> {
    const dummy = this.#dummyHashes.of(name)
    const stored = storedHash === undefined ? undefined : parseHash(storedHash)
    const excess = stored && excessOf(stored, this.#limits)
    const isVerifiable = stored !== undefined && excess === undefined
    if (storedHash !== undefined && !isVerifiable) this.#report(name, storedHash, excess)
    const requester = { groups: [network ?? '', subnet ?? ''], isSuspect }
    for (const spelling of spellingsOf(password)) {
      const isRight = await this.#verify(spelling, isVerifiable ? stored : dummy, requester)
      if (isRight === 'full') return 'full'
      if (isRight) return isVerifiable
    }
    return false
  }

  /** Reports once that a record cannot be verified though other servers may accept it; its user gets a plain 401. */
  #report(user: string, storedHash: string, excess: string | undefined): void {
    const foreign = excess === undefined ? foreignHash(storedHash) : undefined
    const reason = excess ?? (foreign && `its hash is ${foreign.name}, which is not supported here`)
    if (reason === undefined || this.#reported.has(storedHash)) return
    this.#reported.set(storedHash, true)
    this.#onError(
      new HtpasswdError(
        'ERR_HASH_LIMIT',
        `the record of ${JSON.stringify(user)} cannot be verified: ${reason}`,
      ),
    )
  }
}
