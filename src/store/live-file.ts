// The common part of all live files: a file whose current content is asked for at every request.
import type { BigIntStats } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { setImmediate } from 'node:timers'
import { setTimeout as delay } from 'node:timers/promises'
import type { HtpasswdError } from '../errors.ts'
import { missingError } from './read-file.ts'
import { currentStats, isSameInode, isSameState, type Reading, readSnapshotSync } from './snapshot.ts'
import { type WatchOptions, watchPath } from './watch.ts'

/** A file that has not been written for this long is complete, whatever it contains. */
const SETTLED_MS = 1_000
/** A program that writes in place, such as Apache's htpasswd or an editor, pauses less than this between its writes. */
const QUIET_MS = 50
/**
 * Two writes within one tick of the file system's clock leave the same stamp: 2 s on FAT, 1 s on ext3 and some network
 * drives. A file read sooner after its timestamp is read once more (git's "racy" entries).
 */
const COARSEST_CLOCK_MS = 2_000

/** How often `settle` waits for a program that keeps writing in place. */
const SETTLE_ATTEMPTS = 100
const SETTLE_STEP_MS = 50

/** A reading of a file, and whether another program may still be writing it. */
export interface LiveReading {
  readonly bytes: Buffer
  /** Whether it was written in place less than a second ago. */
  readonly isDoubtful: boolean
  /** Whether it was written in place less than 50 ms ago. */
  readonly isBusy: boolean
}

/**
 * Asks the file system at a look-up whether the file was changed (stat, 2 µs, once per turn of the event loop) and reads
 * it again if it was. What was removed from the file therefore ends at the next request; a watcher's event may come later
 * or, on a network drive or without free inotify handles, never.
 *
 * A file that arrived by rename is complete. During a write in place of this package, the recovery copy is the content. A
 * file that another program writes in place may be half written until nobody has written it for a second.
 */
export abstract class LiveFile {
  /** The path as given, for messages. */
  readonly path: string
  /** The absolute path: after process.chdir a relative path would name another file. */
  readonly location: string
  /** The number of contents that have been applied. */
  version = 0
  readonly #now: () => number
  /** The stats of the last reading, whether its content was applied or not. */
  #stats: BigIntStats | undefined
  #changedAt = Number.NEGATIVE_INFINITY
  #isInPlace = false
  #settlesAt = Number.NEGATIVE_INFINITY
  /** When to read the file again even if its timestamp is the same. */
  #readAgainAt: number
  #error: HtpasswdError | undefined
  /** Whether the file was missing at the last check. */
  #isMissing = false
  #isChecked = false
  readonly #nextTurn = (): void => {
    this.#isChecked = false
  }

  /**
   * @param stats of the reading that the content in use is from; undefined if there was no file.
   * @param now milliseconds since 1970, as in the timestamps of files.
   */
  protected constructor(path: string, location: string, stats: BigIntStats | undefined, now: () => number) {
    this.path = path
    this.location = location
    this.#now = now
    this.#stats = stats
    this.#readAgainAt = stats === undefined ? Number.NEGATIVE_INFINITY : readAgainAt(stats, now())
  }

  /** Why the current content of the file is not used; undefined if it is. */
  get error(): HtpasswdError | undefined {
    this.look()
    return this.#error
  }

  /** Milliseconds until a file that is being written in place counts as complete, if nothing else is written. */
  get settlesIn(): number {
    return this.#settlesAt - this.#now()
  }

  /**
   * Applies the content of a reading.
   *
   * @returns whether the content has changed; undefined if the old one stays until the file has settled.
   * @throws HtpasswdError if it cannot be used; it then becomes `error`.
   */
  protected abstract take(reading: LiveReading): boolean | undefined

  /**
   * Called at each check at which the file cannot be read. @returns the error; undefined if it is not an error for this
   * file.
   */
  protected unreadable(error: HtpasswdError, _isMissing: boolean): HtpasswdError | undefined {
    return error
  }

  /** As `check`, once per turn of the event loop. */
  protected look(): void {
    if (this.#isChecked) return
    this.#isChecked = true
    setImmediate(this.#nextTurn)
    this.check()
  }

  /** The reading may be half of a write: check again after a second without another write. */
  protected waitUntilSettled(): undefined {
    this.#wait(SETTLED_MS)
  }

  /** As `waitUntilSettled`, for 50 ms. */
  protected waitUntilQuiet(): undefined {
    this.#wait(QUIET_MS)
  }

  #wait(milliseconds: number): void {
    this.#settlesAt = this.#changedAt + milliseconds
    this.#readAgainAt = Math.min(this.#readAgainAt, this.#settlesAt)
  }

  /** Applies changes of the file, without waiting for the next turn of the event loop. */
  check(): void {
    const now = this.#now()
    let reading: Reading | undefined
    try {
      const stats = currentStats(this.location, this.path)
      const isSame = stats !== undefined && this.#stats !== undefined && isSameState(stats, this.#stats)
      if (isSame && now < this.#readAgainAt) return
      if (stats === undefined && this.#isMissing) return
      reading = readSnapshotSync(this.location, this.path)
    } catch (error) {
      // read again at each check, because a missing permission or a sharing violation can end without a new timestamp
      this.#readAgainAt = Number.NEGATIVE_INFINITY
      this.#isMissing = false
      this.#error = this.unreadable(error as HtpasswdError, false)
      return
    }
    this.#isMissing = reading === undefined
    if (reading !== undefined) this.#use(reading, now)
    else {
      this.#stats = undefined
      this.#error = this.unreadable(missingError(this.path), true)
    }
  }

  #use({ bytes, stats, isBeingWritten }: Reading, now: number): void {
    const before = this.#stats
    if (before === undefined || !isSameState(before, stats)) {
      this.#isInPlace = before !== undefined && isSameInode(before, stats)
      this.#changedAt = now
    }
    // without the minimum, a clock that was set back would keep the file doubtful
    this.#changedAt = Math.min(this.#changedAt, now)
    this.#stats = stats
    // a write in place of this package may end without a change of the stats
    this.#readAgainAt = isBeingWritten ? Number.NEGATIVE_INFINITY : readAgainAt(stats, now)
    this.#settlesAt = this.#isInPlace ? this.#changedAt + QUIET_MS : Number.NEGATIVE_INFINITY
    const unchangedFor = now - Math.min(this.#changedAt, Number(stats.ctimeMs))
    const isDoubtful = this.#isInPlace && unchangedFor < SETTLED_MS
    const hadError = this.#error !== undefined
    try {
      const isNew = this.take({ bytes, isDoubtful, isBusy: isDoubtful && unchangedFor < QUIET_MS })
      if (isNew === undefined) return
      this.#error = undefined
      if (isNew || hadError) this.version++
    } catch (error) {
      this.#error = error as HtpasswdError
    }
  }

  /**
   * Waits until a program that is writing the file in place has finished. @throws HtpasswdError if the file cannot be
   * used: the reason that `error` has.
   */
  async settle(): Promise<void> {
    this.check()
    for (let attempt = 0; this.settlesIn > 0 && attempt < SETTLE_ATTEMPTS; attempt++) {
      await delay(Math.min(this.settlesIn, SETTLE_STEP_MS))
      this.check()
    }
    if (this.#error !== undefined) throw this.#error
  }

  /** As `HtpasswdFile.watch`. */
  watch(options: WatchOptions): Disposable {
    let told = this.version
    const check = async (): Promise<boolean> => {
      await this.settle()
      const isChanged = this.version !== told
      told = this.version
      return isChanged
    }
    return watchPath(this.location, check, options)
  }
}

/** Makes a path independent of the working directory. */
export function absolutePath(path: string): string {
  const location = resolve(path)
  // a working directory whose name is not UTF-8 cannot be written as text, so the system must resolve the path
  return isAbsolute(path) || !location.includes('\uFFFD') ? location : path
}

const readAgainAt = (stats: BigIntStats, now: number): number =>
  now - Number(stats.mtimeMs) < COARSEST_CLOCK_MS ? now + COARSEST_CLOCK_MS : Number.POSITIVE_INFINITY
