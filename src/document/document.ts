// The lossless model of a password file: its bytes, and an overlay of changed, removed and added records.

import { asBuffer, type ByteString, decodeSurrogateEscape, encodeSurrogateEscape } from '../bytes.ts'
import { HtpasswdError } from '../errors.ts'
import { Pieces } from './chunks.ts'
import { fieldsBehind, LineCursor, lineStart, textStart } from './line.ts'
import { LineIndex } from './line-index.ts'
import { RecordScan } from './record-scan.ts'
import { checkUsername } from './username.ts'
import { rejectUtf16 } from './utf16.ts'

/** A change of the record whose name stands at an offset of the source; undefined takes the line out. */
type Edit = { readonly key: ByteString; readonly hash: string } | undefined

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
  readonly #index: LineIndex
  readonly #edits = new Map<number, Edit>()
  readonly #added = new Map<ByteString, string>()
  // where lines went whose user has another name than the source says
  readonly #renamed = new Map<ByteString, number[]>()

  /** As `parseHtpasswd`. */
  constructor(source: string | Uint8Array = '') {
    this.#source = bytesOf(source)
    rejectUtf16(this.#source)
    this.#index = new LineIndex(this.#source)
  }

  /** The number of users; duplicates count once. */
  get size(): number {
    return this.#keys().size
  }

  /** The names of the users, in file order, each once. */
  users(): string[] {
    return [...this.#keys()].map(decodeSurrogateEscape)
  }

  /** Whether the user has a record. */
  has(user: string | Uint8Array): boolean {
    return this.#first(encodeSurrogateEscape(user)) !== undefined
  }

  /** The hash of the user's first record, which is the one that servers use; undefined for an unknown user. */
  get(user: string | Uint8Array): string | undefined {
    return this.#first(encodeSurrogateEscape(user))
  }

  /**
   * Sets a user's hash. Every record of that name changes in place and keeps its third field; a new user is added at
   * the end.
   *
   * @throws HtpasswdError `ERR_USERNAME` or `ERR_TOO_LONG` for a name that cannot be stored, `ERR_RECORD` for a hash
   *   with a newline, a NUL or a character above U+00FF.
   */
  set(user: string | Uint8Array, hash: string): 'added' | 'updated' {
    const key = encodeSurrogateEscape(user)
    checkUsername(decodeSurrogateEscape(key))
    if (/[\n\r\0]|[^\x00-\xff]/.test(hash)) {
      throw new HtpasswdError(
        'ERR_RECORD',
        'hash expected one line of Latin-1 characters, got a line end, a NUL or others',
      )
    }
    const lines = this.#lines(key)
    for (const at of lines) this.#edits.set(at, { key, hash })
    if (lines.length > 0) return 'updated'
    const isNew = !this.#added.has(key)
    this.#added.set(key, hash)
    return isNew ? 'added' : 'updated'
  }

  /** Removes every record of the user; false for an unknown user. */
  delete(user: string | Uint8Array): boolean {
    const key = encodeSurrogateEscape(user)
    const lines = this.#lines(key)
    for (const at of lines) this.#edits.set(at, undefined)
    return this.#added.delete(key) || lines.length > 0
  }

  /**
   * Renames a user: every record of `from` gets the name `to`, in place.
   *
   * @throws HtpasswdError `ERR_USER_MISSING` if `from` is unknown, `ERR_USER_EXISTS` if `to` exists,
   *   `ERR_USERNAME` or `ERR_TOO_LONG` for a name that cannot be stored.
   */
  rename(from: string | Uint8Array, to: string | Uint8Array): void {
    const [oldKey, newKey] = [encodeSurrogateEscape(from), encodeSurrogateEscape(to)]
    checkUsername(decodeSurrogateEscape(newKey))
    if (!this.has(from))
      throw new HtpasswdError(
        'ERR_USER_MISSING',
        `expected a user of the file, got ${decodeSurrogateEscape(oldKey)}`,
      )
    if (this.has(to))
      throw new HtpasswdError(
        'ERR_USER_EXISTS',
        `expected a name that is free, got ${decodeSurrogateEscape(newKey)}`,
      )
    const lines = this.#lines(oldKey)
    const edits = lines.map(at => [at, { key: newKey, hash: this.#hashAt(at) }] as const)
    for (const [at, edit] of edits) this.#edits.set(at, edit)
    this.#renamed.set(newKey, lines)
    if (!this.#added.has(oldKey)) return
    const added = [...this.#added]
    this.#added.clear()
    for (const [key, hash] of added) this.#added.set(key === oldKey ? newKey : key, hash)
  }

  /** Whether anything was set, deleted or renamed. */
  get changed(): boolean {
    return this.#edits.size > 0 || this.#added.size > 0
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
    return this.changed ? Buffer.concat(this.pieces()) : this.#source
  }

  /** The bytes as slices of the source and what came new, for a writer that need not copy them. @internal */
  pieces(): Buffer[] {
    const source = this.#source
    const pieces = new Pieces()
    let copied = 0
    for (const [at, edit] of [...this.#edits].sort(([a], [b]) => a - b)) {
      const { hashEnd, contentEnd, end } = fieldsBehind(source, source.indexOf(58, at))
      pieces.add(source.subarray(copied, lineStart(source, at)))
      if (edit === undefined) copied = end
      else {
        pieces.addText(`${edit.key}:${edit.hash}`)
        pieces.add(source.subarray(hashEnd, contentEnd))
        copied = contentEnd
      }
    }
    pieces.add(source.subarray(copied))
    const lineEnd = this.#lineEnd()
    // a byte order mark alone is no line
    const lacksLineEnd = pieces.length > textStart(source) && pieces.lastByte !== 10
    // a CRLF that was cut in two is completed, or the first half would become part of the hash
    if (this.changed && lacksLineEnd) pieces.addText(pieces.lastByte === 13 ? '\n' : lineEnd)
    for (const [key, hash] of this.#added) pieces.addText(`${key}:${hash}${lineEnd}`)
    return pieces.buffers()
  }

  /** Makes look-ups fast from now on, for a reader that keeps the document. @internal */
  buildIndex(): void {
    this.#index.build()
  }

  /** Whether some line is no record, comment or blank line; quicker than `checkDocument`. @internal */
  get isMalformed(): boolean {
    const scan = new RecordScan()
    scan.take(this.#source)
    return scan.malformed !== undefined
  }

  /** The source offsets of the records that are the user's now. */
  #lines(key: ByteString): number[] {
    const lines = this.#renamed.get(key) ?? this.#index.find(key)
    return this.#edits.size === 0 ? lines : lines.filter(at => this.#nameAt(at) === key)
  }

  #nameAt(at: number): ByteString | undefined {
    if (this.#edits.has(at)) return this.#edits.get(at)?.key
    return this.#source.toString('latin1', at, this.#source.indexOf(58, at)) as ByteString
  }

  #hashAt(at: number): string {
    const edit = this.#edits.get(at)
    if (edit !== undefined) return edit.hash
    const { hashStart, hashEnd } = fieldsBehind(this.#source, this.#source.indexOf(58, at))
    return this.#source.toString('latin1', hashStart, hashEnd)
  }

  #first(key: ByteString): string | undefined {
    if (this.changed) {
      const at = this.#lines(key)[0]
      return at === undefined ? this.#added.get(key) : this.#hashAt(at)
    }
    // the path of a server's look-up: no lists, no maps
    const at = this.#index.first(key)
    if (at === undefined) return undefined
    const { hashStart, hashEnd } = fieldsBehind(this.#source, at + key.length)
    return this.#source.toString('latin1', hashStart, hashEnd)
  }

  #keys(): Set<ByteString> {
    const keys = new Set<ByteString>()
    const cursor = new LineCursor(this.#source)
    while (cursor.next()) {
      if (cursor.kind !== 'record') continue
      const edited = this.#edits.size > 0 && this.#edits.has(cursor.nameStart)
      const key = edited ? this.#edits.get(cursor.nameStart)?.key : cursor.name()
      if (key !== undefined) keys.add(key)
    }
    for (const key of this.#added.keys()) keys.add(key)
    return keys
  }

  /** The line end of new lines: that of the first line. */
  #lineEnd(): string {
    const first = this.#source.indexOf(10)
    return first > 0 && this.#source[first - 1] === 13 ? '\r\n' : '\n'
  }
}

/** The bytes of what the functions of this folder take, without a copy where they are bytes already. @internal */
export function bytesOf(source: HtpasswdDocument | string | Uint8Array): Buffer {
  if (source instanceof HtpasswdDocument) return source.toBuffer()
  if (typeof source === 'string') return Buffer.from(source)
  return asBuffer(source)
}
