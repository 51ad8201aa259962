// The order in which jobs get a thread: requesters take turns, so one with many jobs delays the others by one job each.

/** Jobs of one requester, or of a group of requesters that take turns (round robin: fair queuing, RFC 970). */
class Turns<Job> {
  readonly #jobs: Job[] = []
  // a Map keeps the order of insertion, which is the order of the turns
  readonly #members = new Map<string, Turns<Job>>()
  size = 0

  add(job: Job, [key, ...keys]: readonly string[]): void {
    this.size++
    if (key === undefined) {
      this.#jobs.push(job)
      return
    }
    const member = this.#members.get(key) ?? new Turns<Job>()
    this.#members.set(key, member)
    member.add(job, keys)
  }

  /** Removes the job whose turn it is; its member moves to the end of the queue. */
  next(): Job | undefined {
    if (this.size === 0) return undefined
    this.size--
    const [first] = this.#members
    if (first === undefined) return this.#jobs.shift()
    const [key, member] = first
    const job = member.next()
    this.#members.delete(key)
    if (member.size > 0) this.#members.set(key, member)
    return job
  }

  /** Takes out the newest job of the member that has the most. */
  dropLast(): Job | undefined {
    if (this.size === 0) return undefined
    this.size--
    let largest: readonly [string, Turns<Job>] | undefined
    for (const entry of this.#members)
      if (largest === undefined || entry[1].size >= largest[1].size) largest = entry
    if (largest === undefined) return this.#jobs.pop()
    const [key, member] = largest
    const job = member.dropLast()
    if (member.size === 0) this.#members.delete(key)
    return job
  }
}

/** Who waits. */
export interface Requester {
  /** From the largest group to the smallest: networks take turns, and within each its subnets. */
  readonly groups: readonly string[]
  /** Served less often, such as a subnet that guessed wrong several times. */
  readonly isSuspect: boolean
}

/** Of this many turns, one belongs to suspects while others wait. */
const TURNS_PER_SUSPECT = 4

/**
 * A bounded queue in two classes: suspects get every fourth turn while others wait, and are the first to lose a job when
 * the queue is full.
 */
export class FairQueue<Job> {
  readonly #max: number
  readonly #trusted = new Turns<Job>()
  readonly #suspects = new Turns<Job>()
  #turn = 0

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#trusted.size + this.#suspects.size
  }

  add(job: Job, { groups, isSuspect }: Requester): void {
    const turns = isSuspect ? this.#suspects : this.#trusted
    turns.add(job, groups)
  }

  /** Takes out the job whose turn it is. */
  next(): Job | undefined {
    const isForSuspects = ++this.#turn % TURNS_PER_SUSPECT === 0
    const [first, second] = isForSuspects ? [this.#suspects, this.#trusted] : [this.#trusted, this.#suspects]
    return first.next() ?? second.next()
  }

  /** When the queue is full, removes the newest job of the requester with the most jobs, of a suspect one first. */
  shrink(): Job | undefined {
    if (this.size <= this.#max) return undefined
    return this.#suspects.dropLast() ?? this.#trusted.dropLast()
  }
}
