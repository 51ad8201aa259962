// The order in which jobs get a thread: requesters take turns, so one with many jobs delays the others by one job each.

interface Line<Job> {
  readonly key: string
  readonly jobs: Job[]
}

/** Lines of one class, in the order of their turns. */
class Lines<Job> {
  readonly #lines = new Map<string, Line<Job>>()
  size = 0

  add(job: Job, key: string): void {
    const line = this.#lines.get(key)
    if (line === undefined) this.#lines.set(key, { key, jobs: [job] })
    else line.jobs.push(job)
    this.size++
  }

  /** The first job of the line whose turn it is; the line goes to the end. */
  next(): Job | undefined {
    const [line] = this.#lines.values()
    if (line === undefined) return undefined
    const job = line.jobs.shift()
    // a Map keeps the order of insertion
    this.#lines.delete(line.key)
    if (line.jobs.length > 0) this.#lines.set(line.key, line)
    this.size--
    return job
  }

  /** The newest job of the longest line. */
  dropLast(): Job | undefined {
    let longest: Line<Job> | undefined
    for (const line of this.#lines.values())
      if (longest === undefined || line.jobs.length >= longest.jobs.length) longest = line
    if (longest === undefined) return undefined
    const job = longest.jobs.pop()
    if (longest.jobs.length === 0) this.#lines.delete(longest.key)
    this.size--
    return job
  }
}

/** Of this many turns, one belongs to suspects while others wait. */
const TURNS_PER_SUSPECT = 4

/**
 * A bounded queue in which each requester has its own line. Round robin over the lines (fair queuing, RFC 970), with two
 * classes: suspects, such as addresses that guessed wrong before, get every fourth turn while others wait, and are the
 * first to lose a job when the queue is full.
 */
export class FairQueue<Job> {
  readonly #max: number
  readonly #trusted = new Lines<Job>()
  readonly #suspects = new Lines<Job>()
  #turn = 0

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#trusted.size + this.#suspects.size
  }

  add(job: Job, { key, isSuspect }: { readonly key: string; readonly isSuspect: boolean }): void {
    const lines = isSuspect ? this.#suspects : this.#trusted
    lines.add(job, key)
  }

  /** Takes out the job whose turn it is. */
  next(): Job | undefined {
    const isForSuspects = ++this.#turn % TURNS_PER_SUSPECT === 0
    const [first, second] = isForSuspects ? [this.#suspects, this.#trusted] : [this.#trusted, this.#suspects]
    return first.next() ?? second.next()
  }

  /** Where the queue is longer than it may be, takes out the newest job of the longest line, a suspect's if there is one. */
  shrink(): Job | undefined {
    if (this.size <= this.#max) return undefined
    return this.#suspects.dropLast() ?? this.#trusted.dropLast()
  }
}
