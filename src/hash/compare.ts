// Comparison of two stored strings in constant time.
import { timingSafeEqual } from 'node:crypto'

/** Whether both are the same, over the whole string; only the length, which a format fixes, may show in the time. */
export function equalInConstantTime(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'))
}
