// The byte forms that one text beyond ASCII may have: RFC 7617 leaves the encoding open, and Unicode has two forms of "é".
import { type ByteString, isAscii, textOf, toByteString, WINDOWS_1252 } from '../bytes.ts'

/** Undefined if the text has characters that Windows-1252 lacks. */
function encodeWindows1252(text: string): ByteString | undefined {
  let bytes = ''
  for (const character of text) {
    const at = WINDOWS_1252.indexOf(character)
    const code = at < 0 ? character.charCodeAt(0) : 0x80 + at
    if (code > 0xff || character.length > 1) return undefined
    bytes += String.fromCharCode(code)
  }
  return bytes as ByteString
}

/**
 * The forms to try, at most three and each once: as sent; in the other encoding (Windows-1252 for UTF-8, UTF-8 for anything
 * else); in the other Unicode form (composed, NFC, or decomposed, NFD). ASCII has one form.
 *
 * Python's requests sends the credentials of a URL as Latin-1 and those of the environment as UTF-8, Windows programs send
 * their code page, and macOS decomposes file names. How many forms there are depends on the bytes alone, so the work for a
 * wrong password does not tell whether the user exists.
 */
export function spellingsOf(bytes: ByteString): readonly ByteString[] {
  if (isAscii(bytes)) return [bytes]
  const text = textOf(bytes)
  const composed = text.normalize('NFC')
  const otherForm = toByteString(composed === text ? text.normalize('NFD') : composed)
  const utf8 = toByteString(text)
  const otherEncoding = utf8 === bytes ? encodeWindows1252(composed) : utf8
  const spellings = new Set([bytes, ...(otherEncoding === undefined ? [] : [otherEncoding]), otherForm])
  return [...spellings]
}
