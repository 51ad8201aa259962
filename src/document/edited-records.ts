// The records of a password file: those of its bytes, and an overlay of what was changed, removed and added since.
import type { ByteString } from '../bytes.ts'
import { chunksOf, type Edit } from './chunks.ts'
import { fieldsAfter, LineCursor } from './line.ts'
import { LineIndex } from './line-index.ts'

const COLON = 58

/**
 * Names and hashes are not checked. A line is given by the offset of the user's name in the source. The methods that
 * change a user take the user's `lines` from the caller, who has looked them up already: in a large file that is a search.
 */
export class EditedRecords {
  readonly #source: Buffer
  readonly #index: LineIndex
  readonly #edits = new Map<number, Edit | undefined>()
  readonly #added = new Map<ByteString, string>()
  // new name → record offsets, for renamed users (the index knows the old name)
  readonly #renamed = new Map<ByteString, number[]>()

  constructor(source: Buffer) {
    this.#source = source
    this.#index = new LineIndex(source)
  }

  get changed(): boolean {
    return this.#edits.size > 0 || this.#added.size > 0
  }

  /** The number of names. */
  get size(): number {
    return (this.changed ? undefined : this.#index.count) ?? this.keys().size
  }

  /** The names, in file order. */
  keys(): Set<ByteString> {
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

  /** The hash of the name's first record. */
  get(key: ByteString): string | undefined {
    if (this.changed) {
      const at = this.lines(key)[0]
      return at === undefined ? this.#added.get(key) : this.#hashAt(at)
    }
    // a server's lookups: no lists, no maps
    const at = this.#index.first(key)
    return at === undefined ? undefined : this.#sourceHash(at + key.length)
  }

  /** The source lines that are the name's records now. */
  lines(key: ByteString): number[] {
    const lines = this.#renamed.get(key) ?? this.#index.find(key)
    return this.#edits.size === 0 ? lines : lines.filter(at => this.#nameAt(at) === key)
  }

  set(key: ByteString, hash: string, lines: readonly number[]): 'added' | 'updated' {
    for (const at of lines) this.#edits.set(at, { key, hash })
    if (lines.length > 0) return 'updated'
    const isNew = !this.#added.has(key)
    this.#added.set(key, hash)
    return isNew ? 'added' : 'updated'
  }

  /** False if there was no record of the name. */
  delete(key: ByteString, lines: readonly number[]): boolean {
    for (const at of lines) this.#edits.set(at, undefined)
    return this.#added.delete(key) || lines.length > 0
  }

  /** @param to has no record. */
  rename(from: ByteString, to: ByteString, lines: number[]): void {
    for (const at of lines) this.#edits.set(at, { key: to, hash: this.#hashAt(at) })
    this.#renamed.set(to, lines)
    if (!this.#added.has(from)) return
    // refilled, because a renamed user keeps the place in the order of addition
    const added = [...this.#added]
    this.#added.clear()
    for (const [key, hash] of added) this.#added.set(key === from ? to : key, hash)
  }

  /** The bytes as slices of the source and of what was added. */
  chunks(): Buffer[] {
    return this.changed ? chunksOf(this.#source, this.#edits, this.#added) : [this.#source]
  }

  buildIndex(): void {
    this.#index.build()
  }

  #nameAt(at: number): ByteString | undefined {
    if (this.#edits.has(at)) return this.#edits.get(at)?.key
    return this.#source.toString('latin1', at, this.#source.indexOf(COLON, at)) as ByteString
  }

  #hashAt(at: number): string {
    return this.#edits.get(at)?.hash ?? this.#sourceHash(this.#source.indexOf(COLON, at))
  }

  #sourceHash(colon: number): string {
    const { hashStart, hashEnd } = fieldsAfter(this.#source, colon)
    return this.#source.toString('latin1', hashStart, hashEnd)
  }
}
