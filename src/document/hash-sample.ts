// A sample of the hashes of a password file: what formats and costs it uses, without reading all of a large file.
import { fieldsAfter, LineCursor } from './line.ts'

/**
 * The stored hashes of up to `count` records: all of a small file, otherwise those at even distances, in time that does not
 * grow with the file.
 */
export function hashSample(bytes: Buffer, count: number): string[] {
  const hashes: string[] = []
  const step = bytes.length / count
  let cursor = new LineCursor(bytes)
  for (let i = 0; i < count && cursor.next(); i++) {
    if (cursor.kind === 'record') {
      const { hashStart, hashEnd } = fieldsAfter(bytes, cursor.nameEnd)
      hashes.push(bytes.toString('latin1', hashStart, hashEnd))
    }
    const lineFeed = bytes.indexOf(10, Math.floor((i + 1) * step))
    if (lineFeed >= cursor.end) cursor = new LineCursor(bytes, lineFeed + 1)
  }
  return hashes
}
