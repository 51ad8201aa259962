// The bytes of an edited document: large slices of the source stay views, small ones are joined, because a million edits
// make a million fragments.
import { type ByteString, textStart } from '../bytes.ts'
import { fieldsAfter, lineStart } from './line.ts'

const LF = 10
const CR = 13
const COLON = 58

/** A new name and hash for a record. */
export interface Edit {
  readonly key: ByteString
  readonly hash: string
}

/**
 * @param edits by the offset of the record's name; undefined removes the line.
 * @param added the hashes of new users.
 */
export function chunksOf(
  source: Buffer,
  edits: ReadonlyMap<number, Edit | undefined>,
  added: ReadonlyMap<ByteString, string>,
): Buffer[] {
  const chunks = new Chunks()
  let copied = 0
  for (const [at, edit] of [...edits].sort(([a], [b]) => a - b)) {
    const { hashEnd, contentEnd, end } = fieldsAfter(source, source.indexOf(COLON, at))
    chunks.add(source.subarray(copied, lineStart(source, at)))
    if (edit === undefined) copied = end
    else {
      chunks.addText(`${edit.key}:${edit.hash}`)
      chunks.add(source.subarray(hashEnd, contentEnd))
      copied = contentEnd
    }
  }
  chunks.add(source.subarray(copied))
  const newline = newlineOf(source)
  // a byte order mark alone is not a line
  if (chunks.length > textStart(source) && chunks.lastByte !== LF) {
    // half of a CRLF is completed, or the CR would become part of the hash
    chunks.addText(chunks.lastByte === CR ? '\n' : newline)
  }
  for (const [key, hash] of added) chunks.addText(`${key}:${hash}${newline}`)
  return chunks.buffers()
}

/** New lines end as the first line does. */
function newlineOf(source: Buffer): string {
  const first = source.indexOf(LF)
  return first > 0 && source[first - 1] === CR ? '\r\n' : '\n'
}

/** A Buffer object takes more memory than a smaller slice. */
const SMALL_BYTES = 512
const JOINED_CHARACTERS = 1 << 16

export class Chunks {
  readonly #chunks: Buffer[] = []
  // one Latin-1 character a byte
  #joined = ''
  length = 0
  lastByte: number | undefined

  add(bytes: Buffer): void {
    if (bytes.length < SMALL_BYTES) {
      this.addText(bytes.toString('latin1'))
      return
    }
    this.#flush()
    this.#chunks.push(bytes)
    this.length += bytes.length
    this.lastByte = bytes.at(-1)
  }

  /** @param text one Latin-1 character a byte. */
  addText(text: string): void {
    if (text === '') return
    this.#joined += text
    this.length += text.length
    this.lastByte = text.charCodeAt(text.length - 1)
    if (this.#joined.length >= JOINED_CHARACTERS) this.#flush()
  }

  /** All chunks in order; none is empty. */
  buffers(): Buffer[] {
    this.#flush()
    return this.#chunks
  }

  #flush(): void {
    if (this.#joined !== '') this.#chunks.push(Buffer.from(this.#joined, 'latin1'))
    this.#joined = ''
  }
}
