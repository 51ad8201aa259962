// How long the place of a worker stays empty: one that crashes as soon as it starts must not be started in a circle.

const FIRST_MS = 1000
const LONGEST_MS = 30_000
/** What lives so long does not crash at its start. */
const LASTING_MS = 60_000

/** The pauses of one worker's place: none for a crash by chance, then longer and longer. */
export class RestartPause {
  #next = 0

  /** @returns milliseconds to wait, where the last worker lived for so many. */
  after(lifetime: number): number {
    const pause = lifetime < LASTING_MS ? this.#next : 0
    this.#next = Math.min(Math.max(pause * 2, FIRST_MS), LONGEST_MS)
    return pause
  }
}
