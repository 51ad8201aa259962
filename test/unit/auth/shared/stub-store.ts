// A shared store in memory, with a clock and an outage of its own.

import type { EndedSession } from '../../../../src/auth/sessions/ended-sessions.ts'
import type { Full, Reservation, SharedStore } from '../../../../src/auth/shared/store.ts'
import type { Bucket, Buckets } from '../../../../src/auth/throttle.ts'

export class StubStore implements SharedStore {
  now = 1_000_000
  isDown = false
  /** What was asked. */
  asked: string[] = []
  readonly #forgivenAt = new Map<string, number>()
  ended: EndedSession[] = []

  async reserve({ buckets, name, newcomer }: Buckets): Promise<Reservation | Full> {
    this.#ask('reserve')
    const full =
      buckets.find(bucket => this.#isFull(bucket)) ??
      (this.#isFull(name) && (newcomer === undefined || this.#isFull(newcomer)) ? name : undefined)
    if (full !== undefined)
      return { bucket: full.key, wait: this.#debt(full.key) - (full.size - 1) * full.forgive }
    const all = [...buckets, name, ...(newcomer ? [newcomer] : [])]
    const added = all.map(({ key, size, forgive }) => {
      const debt = this.#debt(key)
      const after = Math.min(debt + forgive, size * forgive)
      this.#forgivenAt.set(key, this.now + after)
      return after - debt
    })
    return { keys: all.map(({ key }) => key), added }
  }

  async release({ keys, added }: Reservation): Promise<void> {
    this.#ask('release')
    keys.forEach((key, i) => {
      this.#forgivenAt.set(key, (this.#forgivenAt.get(key) ?? 0) - (added[i] as number))
    })
  }

  async addEnded(sessions: readonly EndedSession[]): Promise<void> {
    this.#ask('addEnded')
    const ids = this.ended.map(({ id }) => id)
    this.ended.push(...sessions.filter(({ id }) => !ids.includes(id)))
  }

  async readEnded(which: 'all' | 'new'): Promise<readonly EndedSession[]> {
    this.#ask(`readEnded ${which}`)
    return this.ended
  }

  #ask(what: string): void {
    this.asked.push(what)
    if (this.isDown) throw new Error('not connected')
  }

  #debt = (key: string): number => Math.max(0, (this.#forgivenAt.get(key) ?? 0) - this.now)
  #isFull = ({ key, size, forgive }: Bucket): boolean => Math.ceil(this.#debt(key) / forgive) >= size
}
