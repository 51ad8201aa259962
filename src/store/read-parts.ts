// Reads a file in parts of whole lines, for a reader that keeps none of them.
import { readSync } from 'node:fs'
import { readStill } from './snapshot.ts'

const LF = 10
/** Fits the cache of a core, so that the text is looked at where it was read to. */
const PART_BYTES = 256 * 1024

/** What looks at the lines of a file. */
export interface LineReader {
  /** Takes the next lines; only the last of the file may lack its line feed. The bytes are overwritten afterwards. */
  take(lines: Buffer): void
}

/**
 * Gives the whole file to a reader; to a new one where somebody wrote meanwhile.
 *
 * @param begin makes a reader.
 * @returns the reader that saw the file as it stood at one moment; undefined where there is no file.
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
      // ten times quicker than to ask for it and wait
      const length = readSync(fd, part, 0, part.length, position)
      if (length === 0) break
      const isLast = position + length >= size
      const end = isLast ? length : part.lastIndexOf(LF, length - 1) + 1
      if (end > 0) reader.take(part.subarray(0, end))
      // a line that is longer than the part
      else part = Buffer.allocUnsafeSlow(part.length * 2)
      position += end
    }
    return reader
  })
}
