// Bytes in their other shapes: a Buffer, for the methods that only a Buffer has, and text of one Latin-1 character a byte.

/** The same bytes without a copy: a copy of each password takes longer than all else around a short hash. */
export const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

/**
 * Bytes, or text as its UTF-8, one Latin-1 character a byte. ASCII is the same in both and stays the string that it is:
 * a Buffer and the way back from it take longer than all else around a short hash.
 */
export function byteText(source: string | Uint8Array): string {
  if (typeof source !== 'string') return asBuffer(source).toString('latin1')
  return isAscii(source) ? source : Buffer.from(source, 'utf8').toString('latin1')
}

/** By hand: a pattern takes microseconds to get going. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}
