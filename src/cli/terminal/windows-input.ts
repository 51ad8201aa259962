// Standard input on Windows, and passwords out of files: PowerShell and editors put a byte order mark before text, or write UTF-16.

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf])
const UTF16_MARK = Buffer.from([0xff, 0xfe])

const beginsWith = (bytes: Buffer, mark: Buffer): boolean => bytes.subarray(0, mark.length).equals(mark)

/**
 * The UTF-8 of what is on standard input, or in a file, so that a password is the same on every system. Standard
 * input elsewhere than on Windows is taken as it is, as Apache's command does.
 *
 * @param begin what was read first; a mark is in it or there is none.
 * @param readRest reads on to the end; asked only where that is needed.
 */
export function windowsInput(begin: Buffer, readRest: () => Buffer): Buffer {
  if (beginsWith(begin, UTF8_MARK)) return begin.subarray(UTF8_MARK.length)
  if (!beginsWith(begin, UTF16_MARK)) return begin
  return Buffer.from(Buffer.concat([begin, readRest()]).subarray(UTF16_MARK.length).toString('utf16le'))
}
