// MD5-based crypt with its own MD5, for an OpenSSL without one: in FIPS mode node:crypto refuses MD5, and apache-md5 is
// built on it. Apache's command works there, because apr-util brings its own MD5 (crypto/apr_md5.c).
import { type ByteString, fromByteString } from '../../bytes.ts'
import { encode24 } from './crypt64.ts'

const BLOCK_BYTES = 64
const ROUNDS = 1000

/** The constants T of RFC 1321 section 3.4. */
const T = Array.from({ length: 64 }, (_, i) => Math.floor(2 ** 32 * Math.abs(Math.sin(i + 1))) | 0)
const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]

/** The 16 bytes of the digest (RFC 1321). */
export function md5Digest(message: Buffer): Buffer {
  // one bit, then zeros, then the length in bits
  const padded = Buffer.alloc(Math.ceil((message.length + 9) / BLOCK_BYTES) * BLOCK_BYTES)
  padded.set(message)
  padded[message.length] = 0x80
  padded.writeUIntLE(message.length * 8, padded.length - 8, 6)
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)
  for (let at = 0; at < padded.length; at += BLOCK_BYTES) addBlock(state, padded, at)
  const digest = Buffer.alloc(16)
  state.forEach((word, i) => {
    digest.writeInt32LE(word, 4 * i)
  })
  return digest
}

function addBlock(state: Int32Array, bytes: Buffer, start: number): void {
  let [a = 0, b = 0, c = 0, d = 0] = state
  for (let i = 0; i < 64; i++) {
    const round = i >> 4
    const [mixed, word] =
      round === 0
        ? [(b & c) | (~b & d), i]
        : round === 1
          ? [(d & b) | (~d & c), 5 * i + 1]
          : round === 2
            ? [b ^ c ^ d, 3 * i + 5]
            : [c ^ (b | ~d), 7 * i]
    const sum = (a + mixed + (T[i] as number) + bytes.readInt32LE(start + 4 * (word & 15))) | 0
    const shift = SHIFTS[4 * round + (i & 3)] as number
    a = d
    d = c
    c = b
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0
  }
  state.set([(state[0] ?? 0) + a, (state[1] ?? 0) + b, (state[2] ?? 0) + c, (state[3] ?? 0) + d])
}

/**
 * Computes the stored string (Kamp's algorithm, as in apr_md5_encode).
 *
 * @param setting prefix and salt: `$apr1$salt$` or `$1$salt$`.
 */
export function md5Crypt(text: ByteString, setting: string): string {
  const [, prefix = '', salt = ''] = /^(\$(?:apr1|1)\$)([^$]*)/.exec(setting) ?? []
  const password = fromByteString(text)
  const saltBytes = Buffer.from(salt, 'latin1')
  const mixed = md5Digest(Buffer.concat([password, saltBytes, password]))
  const parts = [password, Buffer.from(prefix + salt, 'latin1'), Buffer.alloc(password.length, mixed)]
  for (let bits = password.length; bits > 0; bits >>= 1)
    parts.push(bits & 1 ? Buffer.alloc(1) : password.subarray(0, 1))
  let digest = md5Digest(Buffer.concat(parts))
  for (let i = 0; i < ROUNDS; i++) {
    const middle = [...(i % 3 ? [saltBytes] : []), ...(i % 7 ? [password] : [])]
    digest = md5Digest(Buffer.concat(i % 2 ? [password, ...middle, digest] : [digest, ...middle, password]))
  }
  const byte = (at: number): number => digest[at] as number
  const encoded = [0, 1, 2, 3, 4].map(i =>
    encode24((byte(i) << 16) | (byte(i + 6) << 8) | byte(i === 4 ? 5 : i + 12), 4),
  )
  return `${prefix}${salt}$${encoded.join('')}${encode24(byte(11), 2)}`
}
