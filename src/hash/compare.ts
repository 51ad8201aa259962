// Comparison of two stored strings in constant time.
import { nodeCrypto } from './node-crypto.ts'

/** Whether both are the same, over the whole string; only the length, which a format fixes, may show in the time. */
export function equalInConstantTime(a: string, b: string): boolean {
  // UTF-16 keeps all of a character: Latin-1 would drop the high byte, and U+0141 would equal "A"
  return (
    a.length === b.length &&
    nodeCrypto().timingSafeEqual(Buffer.from(a, 'utf16le'), Buffer.from(b, 'utf16le'))
  )
}
