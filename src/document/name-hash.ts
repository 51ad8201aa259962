// A keyed hash of user names for the table of records, so that the author of a file cannot construct colliding names.

/** Two random words, drawn at the first hash: loading the generator takes longer than a short command. */
let key: Uint32Array | undefined

/**
 * HalfSipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF"), which Linux uses for its hash tables.
 * Written here because it must read the file's own bytes: no package does, and a copy of each name takes longer.
 */
export function hashOfName(bytes: Uint8Array, start: number, end: number): number {
  key ??= crypto.getRandomValues(new Uint32Array(2))
  const [k0 = 0, k1 = 0] = key
  let [v0, v1, v2, v3] = [k0 | 0, k1 | 0, k0 ^ 0x6c796765, k1 ^ 0x74656462]
  const words = (end - start) >>> 2
  // the last word holds what is left of the name and its length; three rounds follow it
  for (let word = 0; word < words + 4; word++) {
    let m = 0
    if (word < words) m = wordAt(bytes, start + 4 * word)
    else if (word === words) {
      m = (end - start) << 24
      for (let at = start + 4 * words; at < end; at++) m |= (bytes[at] as number) << (8 * ((at - start) & 3))
    } else if (word === words + 1) v2 ^= 0xff
    v3 ^= m
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 ^= m
  }
  return (v1 ^ v3) >>> 0
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24)
