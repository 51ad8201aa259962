// Compares passwords with stored hashes: fast hashes on this thread, slow ones in worker threads behind a bounded
// queue.
import { availableParallelism } from 'node:os'
import type { ByteString } from '../bytes.ts'
import type { Requester } from '../hash/fair-queue.ts'
import { hasNul, isSame } from '../hash/hash-password.ts'
import { type Hash, HashPool } from '../hash/pool.ts'
import type { StoredHash } from '../hash/registry.ts'

/** Verifies a password; resolves with `full` if the queue is full. */
export type Verify = (
  password: ByteString,
  stored: StoredHash,
  requester: Requester,
) => Promise<boolean | 'full'>

/** Below this, posting a job to a thread and its result back would cost a good part of the hash itself. */
const SHORT_MILLISECONDS = 1

/**
 * Long enough for the ranks of a cluster that start together, short enough that the last one does not wait too long.
 */
const QUEUE = 256

/** A pool that starts its threads with the first verification and lets idle ones end. */
export class Verifier {
  readonly #pool: HashPool

  constructor(workers: number | undefined, maxQueue: number | undefined) {
    // one core stays free for the event loop; with more than four, refusing for the moment is better than more logins
    // at once
    const threads = workers ?? Math.min(4, Math.max(1, availableParallelism() - 1))
    this.#pool = new HashPool({ threads, maxQueue: maxQueue ?? QUEUE })
  }

  readonly verify: Verify = async (password, { format, text }, requester) => {
    const computed =
      format.estimateMs(text, password.length) < SHORT_MILLISECONDS
        ? await format.compute(password, text)
        : await this.#pool.compute(format, password, text, requester)
    if (computed === 'full') return 'full'
    return isSame(computed as Hash, text) && !hasNul(password)
  }

  /** Ends the threads; verifications in flight are rejected. */
  close(): Promise<void> {
    return this.#pool.close()
  }
}
