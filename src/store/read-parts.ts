// Reads a file in chunks of whole lines, for a scan that does not keep them.
import { readSync } from 'node:fs'
import { readStill } from './snapshot.ts'

const LF = 10
/** Fits a core's cache, so that the text is scanned before it leaves the cache. */
const PART_BYTES = 256 * 1024

/** Scans the lines of a file. */
export interface LineReader {
  /** Scans the next lines; only the last line of the file may lack its newline. The buffer is reused afterwards. */
  take(lines: Buffer): void
}

/**
 * Gives the whole file to a reader, and to a new one if somebody wrote in the meantime.
 *
 * @param begin creates a reader.
 * @returns the reader that got the file as it was at one moment; undefined if there is no file.
 * @throws HtpasswdError as `readSnapshot`.
 */
export function readParts<Reader extends LineReader>(
  path: string,
  begin: () => Reader,
  partBytes = PART_BYTES,
): Promise<Reader | undefined> {
  return readStill(path, async (fd, size) => {
    const reader = begin()
    let part = Buffer.allocUnsafeSlow(partBytes)
    for (let position = 0; position < size; ) {
      // synchronous: ten times faster than a promise for each part
      const length = readSync(fd, part, 0, part.length, position)
      if (length === 0) break
      const isLast = position + length >= size
      const end = isLast ? length : part.lastIndexOf(LF, length - 1) + 1
      if (end > 0) reader.take(part.subarray(0, end))
      // the line is longer than the part
      else part = Buffer.allocUnsafeSlow(part.length * 2)
      position += end
    }
    return reader
  })
}
