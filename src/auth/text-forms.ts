// The two byte forms of a text that is not ASCII: RFC 7617 names UTF-8, but some clients still send Latin-1.
import { isAscii, isUtf8 } from 'node:buffer'
import { asBuffer } from '../bytes.ts'

/**
 * The other form, to be tried second: Latin-1 for what came as UTF-8, UTF-8 for what came as anything else.
 * Python's requests sends URL credentials as Latin-1 and those of the environment as UTF-8.
 *
 * @returns undefined where there is none: ASCII is the same in both, and Latin-1 ends at U+00FF.
 */
export function otherForm(bytes: Uint8Array): Uint8Array | undefined {
  if (isAscii(bytes)) return undefined
  const buffer = asBuffer(bytes)
  if (!isUtf8(bytes)) return Buffer.from(buffer.toString('latin1'), 'utf8')
  const text = buffer.toString('utf8')
  return /[^\u0000-\u00ff]/.test(text) ? undefined : Buffer.from(text, 'latin1')
}

/** A name as text: UTF-8 where it is, else Latin-1, in which every byte is a character. */
export function textOf(bytes: Uint8Array): string {
  return asBuffer(bytes).toString(isUtf8(bytes) ? 'utf8' : 'latin1')
}
