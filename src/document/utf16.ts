// UTF-16, which Windows PowerShell's ">" writes: neither Apache nor nginx finds a user in it.
import { HtpasswdError } from '../errors.ts'

type Encoding = 'utf-16le' | 'utf-16be'

/** By a byte order mark, or by a NUL in every other byte of its ASCII. */
function encodingOf(bytes: Buffer): Encoding | undefined {
  const mark = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0
  const nuls = bytes.length >= 4 ? [0, 1, 2, 3].map(i => bytes[i] === 0).join() : ''
  if (mark === 0xfffe || nuls === 'false,true,false,true') return 'utf-16le'
  return mark === 0xfeff || nuls === 'true,false,true,false' ? 'utf-16be' : undefined
}

/** The text as UTF-8, without the mark; undefined for what is no UTF-16. */
export function decodeUtf16(bytes: Buffer): Buffer | undefined {
  const encoding = encodingOf(bytes)
  return encoding && Buffer.from(new TextDecoder(encoding).decode(bytes))
}

/**
 * The check that a file is none.
 *
 * @throws HtpasswdError `ERR_UTF16`.
 */
export function rejectUtf16(bytes: Buffer): void {
  if (encodingOf(bytes) === undefined) return
  throw new HtpasswdError(
    'ERR_UTF16',
    'expected UTF-8 or ASCII text, got UTF-16, as Windows PowerShell writes with ">". ' +
      'Fix it with: htpasswd fix FILE (or save the file as UTF-8 in an editor)',
  )
}
