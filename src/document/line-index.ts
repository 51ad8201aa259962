// From a user name to its lines: by search for a few look-ups, by a hash table over the bytes for many.
import { isBlank, LineCursor, lineStart, textStart } from './line.ts'

const LF = 10

/** A table pays for itself after this many searches through the bytes. */
const SEARCHES_BEFORE_TABLE = 4
/** Of the slots; neighbours share a line of the cache, so a look past some of them costs little. */
const MOST_FILLED = 0.7

export class LineIndex {
  readonly #bytes: Buffer
  #searches = 0
  // open addressing: 1 + the offset of a record's name, and in the bits above it as much of the name's hash as there is
  // room for, so that hardly ever another name's bytes are fetched from memory; 0 where the slot is free
  #slots: Uint32Array | undefined
  readonly #offsetMask: number

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#offsetMask = 0xffffffff >>> Math.clz32(bytes.length)
  }

  /** The offsets of the name in each of its records, in file order. */
  find(key: string): number[] {
    // no line has such a name, but a search for it could match across the parts of lines
    if (/[:\n]/.test(key)) return []
    if (this.#slots === undefined && ++this.#searches > SEARCHES_BEFORE_TABLE) this.build()
    if (this.#slots === undefined) return this.#search(key)
    const found: number[] = []
    const hash = hashOfKey(key)
    for (let slot = hash; ; slot++) {
      slot = this.#seek(this.#slots, key, hash, slot)
      if (slot < 0) return found
      found.push(this.#offsetIn(this.#slots[slot] as number))
    }
  }

  /** The offset of the name in its first record, the one that readers of the file look at. */
  first(key: string): number | undefined {
    if (this.#slots === undefined) return this.find(key)[0]
    const hash = hashOfKey(key)
    const slot = this.#seek(this.#slots, key, hash, hash)
    return slot < 0 ? undefined : this.#offsetIn(this.#slots[slot] as number)
  }

  #search(key: string): number[] {
    const bytes = this.#bytes
    const needle = Buffer.from(`${key}:`, 'latin1')
    const text = textStart(bytes)
    const found = []
    for (let at = bytes.indexOf(needle, text); at >= 0; at = bytes.indexOf(needle, at + 1)) {
      const start = lineStart(bytes, at)
      const isFirstOfLine = start === text || bytes[start - 1] === LF
      // a name that begins with a blank is not what readers see, and "#" begins a comment
      if (isFirstOfLine && !isBlank(needle[0]) && needle[0] !== 35) found.push(at)
    }
    return found
  }

  /** Makes the table now, for a reader that will look up again and again. */
  build(): void {
    const bytes = this.#bytes
    // most records have 30 bytes and more: half of the slots stay free
    let capacity = 1024
    while (capacity < bytes.length / 30) capacity *= 2
    let slots: Uint32Array = new Uint32Array(capacity)
    let used = 0
    const cursor = new LineCursor(bytes)
    while (cursor.next()) {
      if (cursor.kind !== 'record') continue
      if (++used > slots.length * MOST_FILLED) slots = this.#grow(slots)
      this.#insert(slots, cursor.nameStart, cursor.nameEnd)
    }
    this.#slots = slots
  }

  #grow(slots: Uint32Array): Uint32Array {
    const larger = new Uint32Array(slots.length * 2)
    // in file order, so that a chain still tells the first record of a user first
    const offsets = slots.filter(entry => entry !== 0).map(entry => this.#offsetIn(entry))
    for (const at of offsets.sort()) this.#insert(larger, at, this.#bytes.indexOf(58, at))
    return larger
  }

  #insert(slots: Uint32Array, nameStart: number, nameEnd: number): void {
    const mask = slots.length - 1
    const hash = hashOf(this.#bytes, nameStart, nameEnd)
    let slot = hash & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = (hash & ~this.#offsetMask) | (nameStart + 1)
  }

  #offsetIn(entry: number): number {
    return ((entry & this.#offsetMask) >>> 0) - 1
  }

  /** The slot of a record of that name, at `from` or behind it; -1 where there is none. */
  #seek(slots: Uint32Array, key: string, hash: number, from: number): number {
    const mask = slots.length - 1
    const hashBits = ~this.#offsetMask
    for (let slot = from & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const entry = slots[slot] as number
      if (((entry ^ hash) & hashBits) === 0 && isNameAt(this.#bytes, this.#offsetIn(entry), key)) return slot
    }
    return -1
  }
}

function isNameAt(bytes: Buffer, nameStart: number, key: string): boolean {
  if (bytes[nameStart + key.length] !== 58) return false
  for (let i = 0; i < key.length; i++) {
    const byte = key.charCodeAt(i)
    // a key with a colon would match a name and part of its hash
    if (bytes[nameStart + i] !== byte || byte === 58) return false
  }
  return true
}

// FNV-1a, with its high bits folded into the low ones that pick the slot
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193
const fold = (hash: number): number => (hash ^ (hash >>> 15)) >>> 0

function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = FNV_OFFSET
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), FNV_PRIME)
  return fold(hash)
}

function hashOfKey(key: string): number {
  let hash = FNV_OFFSET
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), FNV_PRIME)
  return fold(hash)
}
