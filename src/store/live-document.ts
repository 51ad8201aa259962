// The content of a password file as it is on disk at the moment of the question: the one living file of library and serve.
import type { BigIntStats } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { setImmediate } from 'node:timers'
import { encodeSurrogateEscape } from '../bytes.ts'
import { type HtpasswdDocument, parseHtpasswd } from '../document/document.ts'
import type { HtpasswdError } from '../errors.ts'
import { missingError, readPasswordFile } from './read-file.ts'
import { currentStats, isSameInode, isSameState, type Reading, readSnapshotSync } from './snapshot.ts'

/** A file that has not been written for this long is complete, whatever it contains. */
const SETTLED_MS = 1_000
/**
 * Two writes within one tick of the file system's clock leave the same stamp: 2 s on FAT, 1 s on ext3 and some network
 * drives. A file read sooner after its timestamp is read once more (git's "racy" entries).
 */
const COARSEST_CLOCK_MS = 2_000

/** A program that writes in place, such as Apache's htpasswd or an editor, pauses less than this between its writes. */
const QUIET_MS = 50
const LF = 10
/** Enough to show the mix of formats of a large file. */
const SAMPLE = 1_000

/** A record that may have been cut short by a write in progress, and the hash that it had before. */
interface HeldRecord {
  readonly user: string
  readonly hash: string
}

/**
 * Asks the file system at a look-up whether the file was changed (stat, 2 µs, once per turn of the event loop) and reads
 * it again if it was. A deleted user is therefore refused at the next request; a watcher's event may come later or, on
 * a network drive or without free inotify handles, never.
 *
 * A file that arrived by rename is complete. During a write in place of this package, the recovery copy is the content. A
 * file that another program writes in place may be half written until nobody has written it for a second: if it is empty,
 * the users read before stay until then; if its last record lacks its newline and looks like the beginning of the one
 * before, that user's hash stays. All other records count at once.
 */
export class LiveDocument {
  /** As it was given, for messages. */
  readonly path: string
  /** Absolute: after process.chdir a relative path would name another file. */
  readonly location: string
  /** Counts the contents that came into use. */
  version = 0
  readonly #now: () => number
  #document: HtpasswdDocument
  #bytes: Buffer
  /** Of the last reading, whether its content came into use or not. */
  #stats: BigIntStats | undefined
  #changedAt = Number.NEGATIVE_INFINITY
  #isInPlace = false
  #held: HeldRecord | undefined
  #settlesAt = Number.NEGATIVE_INFINITY
  /** When to read the file though its stamp stayed the same. */
  #readAgainAt: number
  #error: HtpasswdError | undefined
  #sampled: HtpasswdDocument | undefined
  #sample: readonly string[] = []
  #isChecked = false
  readonly #nextTurn = (): void => {
    this.#isChecked = false
  }

  private constructor(
    path: string,
    location: string,
    { bytes, stats }: { readonly bytes: Buffer; readonly stats: BigIntStats },
    now: () => number,
  ) {
    this.path = path
    this.location = location
    this.#now = now
    this.#document = parse(bytes)
    this.#bytes = bytes
    this.#stats = stats
    this.#readAgainAt = readAgainAt(stats, now())
  }

  /**
   * @param now milliseconds since 1970, as in the timestamps of files.
   * @throws HtpasswdError `ERR_FILE_ACCESS` if it is missing or unreadable, `ERR_UTF16` if it is UTF-16 text.
   */
  static async open(path: string, now: () => number = Date.now): Promise<LiveDocument> {
    const location = absolutePath(path)
    return new LiveDocument(path, location, await readPasswordFile(location, path), now)
  }

  /** The content in use. */
  get document(): HtpasswdDocument {
    this.#look()
    return this.#document
  }

  /** Why the file as it is now is not in use; undefined if it is. */
  get error(): HtpasswdError | undefined {
    this.#look()
    return this.#error
  }

  /** As `UserSource.hashSample`. */
  hashSample(): readonly string[] {
    this.#look()
    if (this.#sampled !== this.#document) {
      this.#sampled = this.#document
      this.#sample = this.#document.hashSample(SAMPLE)
    }
    return this.#sample
  }

  /** The stored hash of a user; undefined for an unknown user. */
  get(user: string | Uint8Array): string | undefined {
    this.#look()
    const held = this.#held
    if (held !== undefined && encodeSurrogateEscape(user) === held.user) return held.hash
    return this.#document.get(user)
  }

  /** Milliseconds until a file that is being written in place counts as complete, if nobody writes it again. */
  get settlesIn(): number {
    return this.#settlesAt - this.#now()
  }

  #look(): void {
    if (this.#isChecked) return
    this.#isChecked = true
    setImmediate(this.#nextTurn)
    this.check()
  }

  /** Takes over what changed in the file, without waiting for the next turn of the event loop. */
  check(): void {
    const now = this.#now()
    try {
      const stats = currentStats(this.location, this.path)
      const isSame = stats !== undefined && this.#stats !== undefined && isSameState(stats, this.#stats)
      if (isSame && now < this.#readAgainAt) return
      const snapshot = readSnapshotSync(this.location, this.path)
      if (snapshot !== undefined) {
        this.#take(snapshot, now)
        return
      }
      this.#stats = undefined
      this.#error = missingError(this.path)
    } catch (error) {
      // read again at each look: a missing permission or a sharing violation can end without a new timestamp
      this.#readAgainAt = Number.NEGATIVE_INFINITY
      this.#error = error as HtpasswdError
    }
  }

  #take({ bytes, stats, isBeingWritten }: Reading, now: number): void {
    const before = this.#stats
    if (before === undefined || !isSameState(before, stats)) {
      this.#isInPlace = before !== undefined && isSameInode(before, stats)
      this.#changedAt = now
    }
    // a clock that was set back must not make a doubt last
    this.#changedAt = Math.min(this.#changedAt, now)
    this.#stats = stats
    this.#readAgainAt = readAgainAt(stats, now)
    this.#settlesAt = this.#isInPlace ? this.#changedAt + QUIET_MS : Number.NEGATIVE_INFINITY
    const unchangedFor = now - Math.min(this.#changedAt, Number(stats.ctimeMs))
    const isDoubtful = this.#isInPlace && unchangedFor < SETTLED_MS
    if (isDoubtful && bytes.length === 0 && this.#bytes.length > 0) this.#wait()
    else this.#use(bytes, isDoubtful ? this.#cutRecord(bytes) : undefined)
    // the end of that write does not show in the stats
    if (isBeingWritten) this.#readAgainAt = Number.NEGATIVE_INFINITY
  }

  #wait(): void {
    this.#settlesAt = this.#changedAt + SETTLED_MS
    this.#readAgainAt = this.#settlesAt
  }

  #use(bytes: Buffer, held: HeldRecord | undefined): void {
    const isNew = this.#error !== undefined || held?.user !== this.#held?.user || !bytes.equals(this.#bytes)
    this.#error = undefined
    if (held !== undefined) this.#wait()
    if (!isNew) return
    try {
      this.#document = parse(bytes)
    } catch (error) {
      this.#error = error as HtpasswdError
      return
    }
    this.#bytes = bytes
    this.#held = held
    this.version++
  }

  /** The last record, if it lacks its newline and may be the beginning of the record that was there before. */
  #cutRecord(bytes: Buffer): HeldRecord | undefined {
    if (bytes.at(-1) === LF) return undefined
    const line = bytes.toString('latin1', bytes.lastIndexOf(LF) + 1)
    const colon = line.indexOf(':')
    if (colon === -1) return undefined
    const [user, now] = [line.slice(0, colon), line.slice(colon + 1)]
    const before =
      this.#held?.user === user ? this.#held.hash : this.#document.get(Buffer.from(user, 'latin1'))
    return before?.startsWith(now) && before !== now ? { user, hash: before } : undefined
  }
}

/** A relative path, from now on independent of the working directory. */
function absolutePath(path: string): string {
  const location = resolve(path)
  // a working directory whose name is not UTF-8 cannot be written as text: the system must resolve the path
  return isAbsolute(path) || !location.includes('\uFFFD') ? location : path
}

function parse(bytes: Buffer): HtpasswdDocument {
  const document = parseHtpasswd(bytes)
  document.buildIndex()
  return document
}

const readAgainAt = (stats: BigIntStats, now: number): number =>
  now - Number(stats.mtimeMs) < COARSEST_CLOCK_MS ? now + COARSEST_CLOCK_MS : Number.POSITIVE_INFINITY
