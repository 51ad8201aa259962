// The lossless model of a password file: what may be asked of it and changed in it.

import { asBuffer, type ByteString, decodeSurrogateEscape, encodeSurrogateEscape } from '../bytes.ts'
import { HtpasswdError } from '../errors.ts'
import { EditedRecords } from './edited-records.ts'
import { rejectJoinedByCr, rejectUtf16 } from './encoding.ts'
import { rejectOtherKind } from './file-kind.ts'
import { hashSample } from './hash-sample.ts'
import { RecordScan } from './record-scan.ts'
import { checkUsername } from './username.ts'

/**
 * Parses the text of a password file, without any input or output.
 *
 * @param source the file's bytes, or its text (UTF-8).
 * @throws HtpasswdError `ERR_UTF16` for a UTF-16 file, such as Windows PowerShell's `>` writes, with how to fix it.
 *   `checkDocument` lists everything else that is wrong.
 *
 * @example
 * ```js
 * import { parseHtpasswd } from 'htpasswd-kit'
 *
 * const document = parseHtpasswd('# the lab\nalice:{SHA}w3QkzGJswDXW5OKZHAJw0FELjfM=\n')
 * console.log(document.users(), document.get('alice'))
 * ```
 *
 * ```text
 * [ 'alice' ] {SHA}w3QkzGJswDXW5OKZHAJw0FELjfM=
 * ```
 */
export function parseHtpasswd(source: string | Uint8Array): HtpasswdDocument {
  return new HtpasswdDocument(source)
}

/**
 * The text of a password file, editable: what a change does not touch comes out byte for byte (comments, blank lines,
 * order, duplicates, CRLF, a byte order mark, stray bytes, third fields). A changed file whose last line has no newline
 * gets one.
 *
 * User names are text, or bytes. A byte that is not UTF-8 appears in the text as a lone surrogate U+DC80 to U+DCFF
 * (PEP 383). Hashes are the second field, one Latin-1 character for each byte.
 *
 * @example
 * ```js
 * import { HtpasswdDocument } from 'htpasswd-kit'
 *
 * const document = new HtpasswdDocument('# the lab\n')
 * console.log(document.set('carol', '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='))
 * console.log(document.toString())
 * ```
 *
 * ```text
 * added
 * # the lab
 * carol:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=
 *
 * ```
 */
export class HtpasswdDocument {
  readonly #source: Buffer
  readonly #records: EditedRecords
  #isChangeable = false

  /** As `parseHtpasswd`. */
  constructor(source: string | Uint8Array = '') {
    this.#source = bytesOf(source)
    rejectUtf16(this.#source)
    this.#records = new EditedRecords(this.#source)
  }

  /** The number of users; duplicates count once. */
  get size(): number {
    return this.#records.size
  }

  /** The names of the users, in file order, each once. */
  users(): string[] {
    return [...this.#records.keys()].map(decodeSurrogateEscape)
  }

  /** Whether the user has a record. */
  has(user: string | Uint8Array): boolean {
    return this.#records.get(encodeSurrogateEscape(user)) !== undefined
  }

  /** The hash of the user's first record, which is the one that servers use; undefined for an unknown user. */
  get(user: string | Uint8Array): string | undefined {
    return this.#records.get(encodeSurrogateEscape(user))
  }

  /**
   * Sets a user's hash. Every record of that name changes in place and keeps its third field; a new user is added at
   * the end.
   *
   * @throws HtpasswdError `ERR_USERNAME` or `ERR_TOO_LONG` for a name that cannot be stored, `ERR_RECORD` for a hash
   *   with a newline, a NUL or a character above U+00FF, and for a file that a change would destroy: lines that end in
   *   CR alone, a digest file, a group file.
   */
  set(user: string | Uint8Array, hash: string): 'added' | 'updated' {
    const key = encodeSurrogateEscape(user)
    checkUsername(decodeSurrogateEscape(key))
    if (/[\n\r\0]|[^\x00-\xff]/.test(hash)) {
      throw new HtpasswdError(
        'ERR_RECORD',
        'hash expected one line of Latin-1 characters, got a newline, a NUL or others',
      )
    }
    return this.#records.set(key, hash, this.#changeableLines(key))
  }

  /**
   * Removes every record of the user; false for an unknown user.
   *
   * @throws HtpasswdError `ERR_RECORD` for a file that a change would destroy, as `set`.
   */
  delete(user: string | Uint8Array): boolean {
    const key = encodeSurrogateEscape(user)
    return this.#records.delete(key, this.#changeableLines(key))
  }

  /**
   * Renames a user: every record of `from` gets the name `to`, in place.
   *
   * @throws HtpasswdError `ERR_USER_MISSING` if `from` is unknown, `ERR_USER_EXISTS` if `to` exists,
   *   `ERR_USERNAME` or `ERR_TOO_LONG` for a name that cannot be stored, `ERR_RECORD` as `set`.
   */
  rename(from: string | Uint8Array, to: string | Uint8Array): void {
    const [oldKey, newKey] = [encodeSurrogateEscape(from), encodeSurrogateEscape(to)]
    const [oldName, newName] = [oldKey, newKey].map(decodeSurrogateEscape) as [string, string]
    checkUsername(newName)
    if (!this.has(from))
      throw new HtpasswdError('ERR_USER_MISSING', `expected a user of the file, got ${oldName}`)
    if (this.has(to))
      throw new HtpasswdError('ERR_USER_EXISTS', `expected a name that is free, got ${newName}`)
    this.#records.rename(oldKey, newKey, this.#changeableLines(oldKey))
  }

  /** Whether anything was set, deleted or renamed. */
  get changed(): boolean {
    return this.#records.changed
  }

  /** The file's text, decoded as UTF-8; use `toBytes` to write it. */
  toString(): string {
    return this.toBuffer().toString('utf8')
  }

  /** The file's bytes. */
  toBytes(): Uint8Array {
    return this.toBuffer()
  }

  /** @internal */
  toBuffer(): Buffer {
    return this.changed ? Buffer.concat(this.chunks()) : this.#source
  }

  /** The bytes as slices of the source and of what was added, for a writer that does not copy them. @internal */
  chunks(): Buffer[] {
    return this.#records.chunks()
  }

  /** As `hashSample` of the source. @internal */
  hashSample(count: number): string[] {
    return hashSample(this.#source, count)
  }

  /** Builds the table for fast lookups, for a reader that keeps the document. @internal */
  buildIndex(): void {
    this.#records.buildIndex()
  }

  /** Whether some line is not a record, comment or blank line; faster than `checkDocument`. @internal */
  get isMalformed(): boolean {
    const scan = new RecordScan()
    scan.take(this.#source)
    return scan.malformed !== undefined
  }

  /** @throws HtpasswdError `ERR_RECORD` if a change of this user would remove or destroy other records. */
  #changeableLines(key: ByteString): number[] {
    const lines = this.#records.lines(key)
    if (!this.#isChangeable) {
      rejectOtherKind(this.#source)
      rejectJoinedByCr(this.#source, 0)
      this.#isChangeable = true
    }
    for (const at of lines) rejectJoinedByCr(this.#source, at)
    return lines
  }
}

/** The bytes of a document, text or bytes, without a copy if possible. @internal */
export function bytesOf(source: HtpasswdDocument | string | Uint8Array): Buffer {
  if (source instanceof HtpasswdDocument) return source.toBuffer()
  if (typeof source === 'string') return Buffer.from(source)
  return asBuffer(source)
}
