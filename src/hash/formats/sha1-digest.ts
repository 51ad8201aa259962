// SHA-1 over bytes (FIPS 180-4, 6.1). By hand, because loading node:crypto takes longer than everything else that
// `htpasswd -nbs` does (rows in bench/start.js).

const BLOCK_BYTES = 64
const DIGEST_BYTES = 20
/** After the message: one bit, then zeros, then its length in 64 bits. */
const TAIL_BYTES = 9

/** The message schedule W of the current block. */
const w = new Int32Array(80)

/** The 20 bytes of the digest. */
export function sha1Digest(message: Uint8Array): Buffer {
  const padded = Buffer.alloc(Math.ceil((message.length + TAIL_BYTES) / BLOCK_BYTES) * BLOCK_BYTES)
  padded.set(message)
  padded[message.length] = 0x80
  padded.writeUIntBE(message.length * 8, padded.length - 6, 6)
  let h0 = 0x67452301
  let h1 = 0xefcdab89 | 0
  let h2 = 0x98badcfe | 0
  let h3 = 0x10325476
  let h4 = 0xc3d2e1f0 | 0
  for (let at = 0; at < padded.length; at += BLOCK_BYTES) {
    schedule(padded, at)
    let [a, b, c, d, e] = [h0, h1, h2, h3, h4]
    for (let t = 0; t < 80; t++) {
      // in pairs, so that every sum stays an integer of 32 bits: twice as fast
      const rotated = (a << 5) | (a >>> 27)
      const next = (((rotated + mix(t, b, c, d)) | 0) + ((e + (w[t] as number)) | 0)) | 0
      e = d
      d = c
      c = (b << 30) | (b >>> 2)
      b = a
      a = next
    }
    h0 = (h0 + a) | 0
    h1 = (h1 + b) | 0
    h2 = (h2 + c) | 0
    h3 = (h3 + d) | 0
    h4 = (h4 + e) | 0
  }
  const digest = Buffer.allocUnsafe(DIGEST_BYTES)
  digest.writeInt32BE(h0, 0)
  digest.writeInt32BE(h1, 4)
  digest.writeInt32BE(h2, 8)
  digest.writeInt32BE(h3, 12)
  digest.writeInt32BE(h4, 16)
  return digest
}

function schedule(bytes: Uint8Array, start: number): void {
  for (let t = 0, at = start; t < 16; t++, at += 4) {
    w[t] =
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)
  }
  for (let t = 16; t < 80; t++) {
    const word = (w[t - 3] as number) ^ (w[t - 8] as number) ^ (w[t - 14] as number) ^ (w[t - 16] as number)
    w[t] = (word << 1) | (word >>> 31)
  }
}

/** The function f of step t and its constant K, summed (4.1.1 and 4.2.1). */
function mix(t: number, x: number, y: number, z: number): number {
  if (t < 20) return (((x & y) ^ (~x & z)) + 0x5a827999) | 0
  if (t < 40) return ((x ^ y ^ z) + 0x6ed9eba1) | 0
  if (t < 60) return (((x & y) ^ (x & z) ^ (y & z)) + (0x8f1bbcdc | 0)) | 0
  return ((x ^ y ^ z) + (0xca62c1d6 | 0)) | 0
}
