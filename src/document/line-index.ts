// From a user name to its lines: by search for a few look-ups, by a hash table over the bytes for many.
import { isBlank, LineCursor, lineStart, textStart } from './line.ts'

const LF = 10

/** A table pays for itself after this many searches through the bytes. */
const SEARCHES_BEFORE_TABLE = 4

export class LineIndex {
  readonly #bytes: Buffer
  #searches = 0
  // open addressing: 1 + the offset of a record's name, 0 where the slot is free
  #slots: Int32Array | undefined

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** The offsets of the name in each of its records, in file order. */
  find(key: string): number[] {
    // no line has such a name, but a search for it could match across the parts of lines
    if (/[:\n]/.test(key)) return []
    if (this.#slots === undefined && ++this.#searches > SEARCHES_BEFORE_TABLE) this.build()
    return this.#slots === undefined ? this.#search(key) : this.#lookUp(this.#slots, key, false)
  }

  /** The offset of the name in its first record, the one that readers of the file look at. */
  first(key: string): number | undefined {
    if (this.#slots === undefined) return this.find(key)[0]
    return this.#lookUp(this.#slots, key, true)[0]
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
    // a record has a name's byte, a colon and a line feed at least; most have 30: half of the slots stay free
    let capacity = 1024
    while (capacity < bytes.length / 15) capacity *= 2
    let slots: Int32Array = new Int32Array(capacity)
    let used = 0
    const cursor = new LineCursor(bytes)
    while (cursor.next()) {
      if (cursor.kind !== 'record') continue
      if (++used * 2 > slots.length) slots = this.#grow(slots)
      this.#insert(slots, cursor.nameStart, cursor.nameEnd)
    }
    this.#slots = slots
  }

  #grow(slots: Int32Array): Int32Array {
    const larger = new Int32Array(slots.length * 2)
    // in file order, so that a chain still tells the first record of a user first
    for (const entry of slots.filter(slot => slot !== 0).sort()) {
      this.#insert(larger, entry - 1, this.#bytes.indexOf(58, entry - 1))
    }
    return larger
  }

  #insert(slots: Int32Array, nameStart: number, nameEnd: number): void {
    const mask = slots.length - 1
    let slot = hashOf(this.#bytes, nameStart, nameEnd) & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = nameStart + 1
  }

  #lookUp(slots: Int32Array, key: string, firstOnly: boolean): number[] {
    const bytes = this.#bytes
    const mask = slots.length - 1
    const found = []
    for (let slot = hashOfKey(key) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const nameStart = (slots[slot] as number) - 1
      if (!isNameAt(bytes, nameStart, key)) continue
      found.push(nameStart)
      if (firstOnly) break
    }
    return found
  }
}

function isNameAt(bytes: Buffer, nameStart: number, key: string): boolean {
  if (bytes[nameStart + key.length] !== 58) return false
  for (let i = 0; i < key.length; i++) if (bytes[nameStart + i] !== key.charCodeAt(i)) return false
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
