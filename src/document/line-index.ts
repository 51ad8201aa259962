// From a user name to its records: by searching the bytes for a few lookups, by a hash table over them for many.
import { textStart } from '../bytes.ts'
import { isBlank, LineCursor, lineStart } from './line.ts'
import { hashOfName } from './name-hash.ts'

const LF = 10
const COLON = 58
const HASH_SIGN = 35

/** A table takes about as long as this many searches. */
const SEARCHES_BEFORE_TABLE = 4
/** Of the slots. Neighbouring slots share a cache line, so skipping some of them costs little. */
const MAX_LOAD = 0.7

// the name of a lookup as bytes; longer names get a buffer of their own
const scratch = Buffer.alloc(1024)

export class LineIndex {
  readonly #bytes: Buffer
  #searches = 0
  // open addressing: 1 + the offset of a name in its first record, and in the bits above it as many bits of the name's
  // hash as fit, so that the bytes of other names are hardly ever fetched; 0 is a free slot
  #slots: Uint32Array | undefined
  readonly #offsetMask: number
  #count: number | undefined
  // from the first offset of a name to its others, outside the table: a million records of one name would otherwise
  // make each lookup pass a million slots
  readonly #duplicates = new Map<number, number[]>()

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#offsetMask = 0xffffffff >>> Math.clz32(bytes.length)
  }

  /** The offsets of the name in all of its records, in file order. */
  find(name: string): number[] {
    // no record has such a name, but a search for it could match across fields or lines
    if (/[:\n]/.test(name)) return []
    if (this.#slots === undefined && ++this.#searches > SEARCHES_BEFORE_TABLE) this.build()
    if (this.#slots === undefined) return this.#search(name)
    const first = this.first(name)
    return first === undefined ? [] : [first, ...(this.#duplicates.get(first) ?? [])]
  }

  /** The offset of the name in its first record, the one that readers of the file use. */
  first(name: string): number | undefined {
    if (this.#slots === undefined) return this.find(name)[0]
    const key = name.length > scratch.length ? Buffer.from(name, 'latin1') : scratch
    if (key === scratch) for (let i = 0; i < name.length; i++) key[i] = name.charCodeAt(i)
    const hash = hashOfName(key, 0, name.length)
    const entry = this.#slots[this.#seek(this.#slots, hash, key, 0, name.length)] as number
    return entry === 0 ? undefined : this.#offsetIn(entry)
  }

  /** The number of names; undefined before `build`. */
  get count(): number | undefined {
    return this.#count
  }

  /** Whether some name has several records; only after `build`. */
  get hasDuplicates(): boolean {
    return this.#duplicates.size > 0
  }

  /** Whether the name whose first record is at this offset has others; only after `build`. */
  isRepeated(first: number): boolean {
    return this.#duplicates.has(first)
  }

  #search(name: string): number[] {
    const bytes = this.#bytes
    const needle = Buffer.from(`${name}:`, 'latin1')
    const text = textStart(bytes)
    const found = []
    for (let at = bytes.indexOf(needle, text); at >= 0; at = bytes.indexOf(needle, at + 1)) {
      const start = lineStart(bytes, at)
      const isFirstOfLine = start === text || bytes[start - 1] === LF
      // readers skip whitespace before a name, and "#" begins a comment
      if (isFirstOfLine && !isBlank(needle[0]) && needle[0] !== HASH_SIGN) found.push(at)
    }
    return found
  }

  /** Makes the table now, for a reader with many lookups. */
  build(): void {
    const bytes = this.#bytes
    // most records have 30 bytes or more, so about half of the slots stay free
    let capacity = 1024
    while (capacity < bytes.length / 30) capacity *= 2
    let slots: Uint32Array = new Uint32Array(capacity)
    let used = 0
    const cursor = new LineCursor(bytes)
    while (cursor.next()) {
      if (cursor.kind !== 'record') continue
      const { nameStart, nameEnd } = cursor
      const hash = hashOfName(bytes, nameStart, nameEnd)
      const slot = this.#seek(slots, hash, bytes, nameStart, nameEnd)
      const entry = slots[slot] as number
      if (entry !== 0) this.#addDuplicate(this.#offsetIn(entry), nameStart)
      else {
        slots[slot] = (hash & ~this.#offsetMask) | (nameStart + 1)
        if (++used > slots.length * MAX_LOAD) slots = this.#grow(slots)
      }
    }
    this.#slots = slots
    this.#count = used
  }

  #addDuplicate(first: number, later: number): void {
    const others = this.#duplicates.get(first)
    if (others === undefined) this.#duplicates.set(first, [later])
    else others.push(later)
  }

  #grow(slots: Uint32Array): Uint32Array {
    const larger = new Uint32Array(slots.length * 2)
    for (const entry of slots) {
      if (entry === 0) continue
      const at = this.#offsetIn(entry)
      const end = this.#bytes.indexOf(COLON, at)
      larger[this.#seek(larger, hashOfName(this.#bytes, at, end), this.#bytes, at, end)] = entry
    }
    return larger
  }

  #offsetIn(entry: number): number {
    return ((entry & this.#offsetMask) >>> 0) - 1
  }

  /** The slot of the name that stands in `source`, or the free slot where it belongs. */
  #seek(slots: Uint32Array, hash: number, source: Buffer, start: number, end: number): number {
    const mask = slots.length - 1
    const hashBits = ~this.#offsetMask
    let slot = hash & mask
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const entry = slots[slot] as number
      if (((entry ^ hash) & hashBits) !== 0) continue
      if (this.#isNameAt(this.#offsetIn(entry), source, start, end)) break
    }
    return slot
  }

  #isNameAt(at: number, source: Buffer, start: number, end: number): boolean {
    const bytes = this.#bytes
    const length = end - start
    if (bytes[at + length] !== COLON) return false
    for (let i = 0; i < length; i++) {
      const byte = source[start + i]
      // a name with a colon would match a shorter name and a part of its hash
      if (bytes[at + i] !== byte || byte === COLON) return false
    }
    return true
  }
}
