// Comparison of two stored strings in constant time.

/**
 * Whether both are the same, over the whole string; only the length, which a format fixes, may show in the time.
 * By hand, for node:crypto takes longer to load than the whole of a short check.
 */
export function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}
