// Byte strings: how passwords and user names are held from where they enter the program down to the engines. A message to
// a worker thread carries the bytes of such a string only; a Buffer may be a view of the 8 KB pool that Node's Buffers share,
// and the structured clone algorithm copies the whole pool.

import { isUtf8 } from 'node:buffer'

declare const byteString: unique symbol

/**
 * Bytes as a string, one Latin-1 character (U+0000 to U+00FF) for each byte. `length` counts bytes and `===` compares them.
 *
 * @example
 * ```js
 * import { parseCredentials } from 'htpasswd-kit'
 *
 * const credentials = parseCredentials(`Basic ${Buffer.from('jörg:secret').toString('base64')}`)
 * const username = credentials?.username ?? ''
 * console.log(username.length, Buffer.from(username, 'latin1').toString())
 * ```
 *
 * ```text
 * 5 jörg
 * ```
 */
export type ByteString = string & { readonly [byteString]: true }

/** The same bytes as a Buffer, without a copy. */
export const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

/**
 * Bytes, or text encoded as UTF-8. ASCII text is its own byte string, so it is not copied through a Buffer, which
 * takes longer than a short hash.
 */
export function toByteString(source: string | Uint8Array): ByteString {
  if (typeof source !== 'string') return asBuffer(source).toString('latin1') as ByteString
  return (isAscii(source) ? source : Buffer.from(source, 'utf8').toString('latin1')) as ByteString
}

/** A byte string as a Buffer of its own. */
export const fromByteString = (bytes: ByteString): Buffer => Buffer.from(bytes, 'latin1')

// one well-formed UTF-8 character (RFC 3629 section 4) or, captured, a byte that belongs to none
const UTF8 =
  /[\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|([\x80-\xff])/g

/**
 * Text as UTF-8 with surrogate escapes (PEP 383): a lone surrogate U+DC80 to U+DCFF stands for the byte 0x80 to 0xFF.
 * Bytes are taken as they are. The inverse of `decodeSurrogateEscape`.
 */
export function encodeSurrogateEscape(text: string | Uint8Array): ByteString {
  if (typeof text !== 'string' || isAscii(text)) return toByteString(text)
  // in unicode mode the class matches lone surrogates only, not halves of a pair
  const parts = text.split(/([\udc80-\udcff])/u)
  return parts
    .map((part, i) => (i % 2 ? String.fromCharCode(part.charCodeAt(0) - 0xdc00) : toByteString(part)))
    .join('') as ByteString
}

/** Bytes as text: UTF-8, and each byte that is not part of UTF-8 as a lone surrogate (PEP 383), so nothing is lost. */
export function decodeSurrogateEscape(bytes: ByteString): string {
  if (isAscii(bytes)) return bytes
  return bytes.replace(UTF8, (character: string, stray: string | undefined) =>
    stray === undefined
      ? Buffer.from(character, 'latin1').toString()
      : String.fromCharCode(0xdc00 + stray.charCodeAt(0)),
  )
}

/** 0x80 to 0x9f of Windows-1252 (WHATWG Encoding); elsewhere it is Latin-1, which has control characters there. */
export const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** A name as text: decoded as UTF-8 where it is UTF-8, else as Windows-1252. */
export function textOf(bytes: ByteString): string {
  if (isAscii(bytes)) return bytes
  const buffer = fromByteString(bytes)
  if (isUtf8(buffer)) return buffer.toString('utf8')
  return bytes.replace(/[\x80-\x9f]/g, byte => WINDOWS_1252[byte.charCodeAt(0) - 0x80] as string)
}

/**
 * A name as text by which two files are compared: one may be UTF-8 and the other Windows-1252, and "é" may be composed in
 * one and decomposed in the other (NFC, NFD).
 */
export const comparableName = (name: string | Uint8Array): string =>
  typeof name === 'string' && isAscii(name) ? name : textOf(encodeSurrogateEscape(name)).normalize('NFC')

/** Whether every character is below U+0080. A loop, because a regular expression is compiled at its first use. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

/** The three bytes that editors on Windows put before UTF-8 text. */
const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf])

/** Whether text begins with the byte order mark of UTF-8. */
export const hasByteOrderMark = (bytes: Buffer): boolean =>
  bytes.subarray(0, UTF8_BOM.length).equals(UTF8_BOM)

/** Where text begins: after a byte order mark. */
export const textStart = (bytes: Buffer): number => (hasByteOrderMark(bytes) ? UTF8_BOM.length : 0)

/** The byte order mark of UTF-16, read as a big-endian number: in little-endian text, as Windows writes it. */
const UTF16_LE_MARK = 0xfffe
const UTF16_BE_MARK = 0xfeff

const utf16Mark = (bytes: Buffer): number => (bytes.length >= 2 ? bytes.readUInt16BE(0) : 0)

/** The kind of UTF-16, by its byte order mark or by a NUL in every other byte of ASCII text; undefined for other text. */
export function utf16Encoding(bytes: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const nuls = bytes.length >= 4 ? [0, 1, 2, 3].map(i => bytes[i] === 0).join() : ''
  if (utf16Mark(bytes) === UTF16_LE_MARK || nuls === 'false,true,false,true') return 'utf-16le'
  return utf16Mark(bytes) === UTF16_BE_MARK || nuls === 'true,false,true,false' ? 'utf-16be' : undefined
}

/** UTF-16 as UTF-8 without the byte order mark; undefined for other text. */
export function decodeUtf16(bytes: Buffer): Buffer | undefined {
  const encoding = utf16Encoding(bytes)
  return encoding && Buffer.from(new TextDecoder(encoding).decode(bytes))
}

/**
 * Text from Windows as UTF-8 without its byte order mark: PowerShell and editors write UTF-8 with one, or UTF-16 in
 * little-endian order. Bytes without a mark are returned as they are, because a password may be any bytes.
 *
 * @param begin the first bytes read, with the whole mark if there is one.
 * @param readRest reads the rest; called only for UTF-16.
 */
export function decodeMarkedText(begin: Buffer, readRest: () => Buffer): Buffer {
  if (utf16Mark(begin) !== UTF16_LE_MARK) return begin.subarray(textStart(begin))
  return Buffer.from(Buffer.concat([begin, readRest()]).subarray(2).toString('utf16le'))
}
