// The current content of a password file, for the library and for serve.
import { encodeSurrogateEscape } from '../bytes.ts'
import { type HtpasswdDocument, parseHtpasswd } from '../document/document.ts'
import { absolutePath, LiveFile, type LiveReading } from './live-file.ts'
import { missingError, readPasswordFile } from './read-file.ts'
import { readSnapshotSync, type Snapshot } from './snapshot.ts'

const LF = 10
/** Enough to show the mix of formats of a large file. */
const SAMPLE = 1_000

/** A record that may be incomplete because of a write in progress, and the hash that it had before. */
interface HeldRecord {
  readonly user: string
  readonly hash: string
}

interface Content extends Pick<Snapshot, 'bytes'> {
  readonly stats: Snapshot['stats'] | undefined
}

/**
 * A password file, checked as `LiveFile` describes. If a file that may be half written is empty, the previous users
 * stay until it has settled; if its last record lacks its newline and is a prefix of the previous one, that user's
 * previous hash stays. All other records apply at once.
 */
export class LiveDocument extends LiveFile {
  #document: HtpasswdDocument
  #bytes: Buffer
  #held: HeldRecord | undefined
  #sampled: HtpasswdDocument | undefined
  #sample: readonly string[] = []

  private constructor(path: string, location: string, { bytes, stats }: Content, now: () => number) {
    super(path, location, stats, now)
    this.#document = parse(bytes)
    this.#bytes = bytes
  }

  /**
   * @param now milliseconds since 1970, as in the timestamps of files.
   * @throws HtpasswdError `ERR_FILE_ACCESS` if it is missing or unreadable, `ERR_UTF16` if it is UTF-16 text.
   */
  static async open(path: string, now: () => number = Date.now): Promise<LiveDocument> {
    const location = absolutePath(path)
    return new LiveDocument(path, location, await readPasswordFile(location, path), now)
  }

  /** As `open`, but synchronous. It does not wait for a file that another program holds open. */
  static openSync(path: string, now: () => number = Date.now): LiveDocument {
    const location = absolutePath(path)
    const reading = readSnapshotSync(location, path)
    if (reading === undefined) throw missingError(path)
    // a write in place may end without a change of the stats: without stats the next lookup reads the file again
    const stats = reading.isBeingWritten ? undefined : reading.stats
    return new LiveDocument(path, location, { bytes: reading.bytes, stats }, now)
  }

  /** The content in use. */
  get document(): HtpasswdDocument {
    this.look()
    return this.#document
  }

  /** As `UserSource.hashSample`. */
  hashSample(): readonly string[] {
    this.look()
    if (this.#sampled !== this.#document) {
      this.#sampled = this.#document
      this.#sample = this.#document.hashSample(SAMPLE)
    }
    return this.#sample
  }

  /** The stored hash of a user; undefined for an unknown user. */
  get(user: string | Uint8Array): string | undefined {
    this.look()
    const held = this.#held
    if (held !== undefined && encodeSurrogateEscape(user) === held.user) return held.hash
    return this.#document.get(user)
  }

  protected override take({ bytes, isDoubtful }: LiveReading): boolean | undefined {
    if (isDoubtful && bytes.length === 0 && this.#bytes.length > 0) return this.waitUntilSettled()
    const held = isDoubtful ? this.#cutRecord(bytes) : undefined
    if (held !== undefined) this.waitUntilSettled()
    if (held?.user === this.#held?.user && bytes.equals(this.#bytes)) return false
    this.#document = parse(bytes)
    this.#bytes = bytes
    this.#held = held
    return true
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

function parse(bytes: Buffer): HtpasswdDocument {
  const document = parseHtpasswd(bytes)
  document.buildIndex()
  return document
}
