// The two byte forms of text that is not ASCII: RFC 7617 names UTF-8, but some clients still send Latin-1.
import { isUtf8 } from 'node:buffer'
import { type ByteString, fromByteString, isAscii, toByteString } from '../bytes.ts'

/**
 * The other form, to be tried second: Latin-1 for what came as UTF-8, UTF-8 for what came as anything else.
 * Python's requests sends the credentials of a URL as Latin-1 and those of the environment as UTF-8.
 *
 * @returns undefined where there is none: ASCII is the same in both, and Latin-1 ends at U+00FF.
 */
export function otherForm(bytes: ByteString): ByteString | undefined {
  if (isAscii(bytes)) return undefined
  const buffer = fromByteString(bytes)
  // Latin-1 bytes as text are the byte string itself
  if (!isUtf8(buffer)) return toByteString(bytes as string)
  const text = buffer.toString('utf8')
  return /[^\u0000-\u00ff]/.test(text) ? undefined : (text as ByteString)
}

/** A name as text: decoded as UTF-8 where it is UTF-8, else as Latin-1, in which every byte is a character. */
export function textOf(bytes: ByteString): string {
  if (isAscii(bytes)) return bytes
  const buffer = fromByteString(bytes)
  return isUtf8(buffer) ? buffer.toString('utf8') : bytes
}
