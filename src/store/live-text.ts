// A text file beside the password file, such as groups, rules or tokens: its current content, parsed.
import type { HtpasswdError } from '../errors.ts'
import { absolutePath, LiveFile, type LiveReading } from './live-file.ts'
import { missingError } from './read-file.ts'
import { readSnapshot, readSnapshotSync, type Snapshot } from './snapshot.ts'

const LF = 10

/** The options of a live text file. */
export interface LiveTextOptions<T> {
  /**
   * Makes a value of the file's bytes.
   *
   * @param path as it was given, for messages.
   * @throws HtpasswdError for bytes that must not come into use; the value before them then stays.
   */
  readonly parse: (bytes: Buffer, path: string) => T
  /** The value while there is no file. If omitted, a missing file is an error. */
  readonly missing?: T
  /** The value while the file cannot be read. If omitted, the previous value stays. */
  readonly unreadable?: T
}

interface Content extends Pick<Snapshot, 'bytes'> {
  readonly stats: Snapshot['stats'] | undefined
}

/**
 * A text file, checked as `LiveFile` describes. While a file that may be half written is empty, lacks its last newline
 * or is a prefix of the previous one, the previous value stays. An invalid file is never applied in part: the last
 * valid value stays, and `error` has the reason.
 */
export class LiveText<T> extends LiveFile {
  readonly #options: LiveTextOptions<T>
  #value: T
  /** The bytes that `#value` was made from; undefined if it was not made from the file. */
  #bytes: Buffer | undefined

  private constructor(
    path: string,
    location: string,
    snapshot: Content | undefined,
    options: LiveTextOptions<T>,
    now: () => number,
  ) {
    super(path, location, snapshot?.stats, now)
    this.#options = options
    if (snapshot === undefined && !('missing' in options)) throw missingError(path)
    this.#value = snapshot === undefined ? (options.missing as T) : options.parse(snapshot.bytes, path)
    this.#bytes = snapshot?.bytes
  }

  /**
   * @param now milliseconds since 1970, as in the timestamps of files.
   * @throws HtpasswdError `ERR_FILE_ACCESS` for a file that is missing or unreadable, and what `parse` throws.
   */
  static async open<T>(
    path: string,
    options: LiveTextOptions<T>,
    now: () => number = Date.now,
  ): Promise<LiveText<T>> {
    const location = absolutePath(path)
    return new LiveText(path, location, await readSnapshot(location, path), options, now)
  }

  /** As `open`, but synchronous. It does not wait for a file that another program holds open. */
  static openSync<T>(path: string, options: LiveTextOptions<T>, now: () => number = Date.now): LiveText<T> {
    const location = absolutePath(path)
    const reading = readSnapshotSync(location, path)
    if (reading === undefined) return new LiveText(path, location, undefined, options, now)
    // a write in place may end without a change of the stats: without stats the next lookup reads the file again
    const stats = reading.isBeingWritten ? undefined : reading.stats
    return new LiveText(path, location, { bytes: reading.bytes, stats }, options, now)
  }

  /** The value in use. */
  get value(): T {
    this.look()
    return this.#value
  }

  protected override take({ bytes, isDoubtful, isBusy }: LiveReading): boolean | undefined {
    const before = this.#bytes
    if (before !== undefined) {
      if (bytes.equals(before)) return false
      if (isDoubtful && (bytes.length === 0 || bytes.at(-1) !== LF)) return this.waitUntilSettled()
      if (isBusy && bytes.equals(before.subarray(0, bytes.length))) return this.waitUntilQuiet()
    }
    this.#value = this.#options.parse(bytes, this.path)
    this.#bytes = bytes
    return true
  }

  protected override unreadable(error: HtpasswdError, isMissing: boolean): HtpasswdError | undefined {
    const { missing, unreadable } = this.#options
    if (isMissing && 'missing' in this.#options) {
      this.#replace(missing as T)
      return undefined
    }
    if ('unreadable' in this.#options) this.#replace(unreadable as T)
    return error
  }

  #replace(value: T): void {
    if (this.#bytes !== undefined) this.version++
    this.#bytes = undefined
    this.#value = value
  }
}
