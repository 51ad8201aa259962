// Blowfish's state and bcrypt's key schedule over bytes (Provos and Mazières, "A Future-Adaptable Password Scheme", 1999).

/** P-array and S-boxes in one run: 18 words, then 4 x 256. */
type BlowfishState = Int32Array

const P_WORDS = 18
const STATE_WORDS = P_WORDS + 4 * 256

let piWords: BlowfishState | undefined

/** Blowfish starts from the fractional digits of pi. Computed by Machin's formula, so that no table has to be trusted. */
function initialState(): BlowfishState {
  if (piWords === undefined) {
    const guard = 64n
    const bits = BigInt(STATE_WORDS * 32) + guard
    const arctanOfInverse = (x: bigint): bigint => {
      let sum = 0n
      let power = (1n << bits) / x
      for (let n = 1n, sign = 1n; power !== 0n; n += 2n, sign = -sign, power /= x * x)
        sum += (sign * power) / n
      return sum
    }
    const pi = 16n * arctanOfInverse(5n) - 4n * arctanOfInverse(239n)
    const digits = ((pi - (3n << bits)) >> guard).toString(16).padStart(STATE_WORDS * 8, '0')
    piWords = Int32Array.from({ length: STATE_WORDS }, (_, i) =>
      Number.parseInt(digits.slice(8 * i, 8 * i + 8), 16),
    )
  }
  return piWords.slice()
}

/** Encrypts the block at `at` of `block` in place. */
function encipher(state: BlowfishState, block: Int32Array, at: number): void {
  let left = (block[at] as number) ^ (state[0] as number)
  let right = block[at + 1] as number
  for (let i = 1; i <= 16; i += 2) {
    right ^= round(state, left) ^ (state[i] as number)
    left ^= round(state, right) ^ (state[i + 1] as number)
  }
  block[at] = right ^ (state[17] as number)
  block[at + 1] = left
}

function round(state: BlowfishState, x: number): number {
  const sum =
    ((state[P_WORDS + (x >>> 24)] as number) + (state[P_WORDS + 256 + ((x >>> 16) & 255)] as number)) | 0
  return (
    ((sum ^ (state[P_WORDS + 512 + ((x >>> 8) & 255)] as number)) +
      (state[P_WORDS + 768 + (x & 255)] as number)) |
    0
  )
}

/** ExpandKey: the key into P, then P and S written anew by enciphering a chain that takes in the salt's words. */
function expandKey(state: BlowfishState, key: Int32Array, salt: Int32Array): void {
  for (let i = 0; i < P_WORDS; i++) state[i] = (state[i] as number) ^ (key[i % key.length] as number)
  const block = new Int32Array(2)
  for (let i = 0; i < STATE_WORDS; i += 2) {
    block[0] = (block[0] as number) ^ (salt[i & 2] as number)
    block[1] = (block[1] as number) ^ (salt[(i & 2) + 1] as number)
    encipher(state, block, 0)
    state[i] = block[0] as number
    state[i + 1] = block[1] as number
  }
}

/** The key's 18 words: its bytes and a NUL, over and over, so 72 bytes count. */
function keyWords(key: Uint8Array, signed: boolean): Int32Array {
  const words = new Int32Array(P_WORDS)
  for (let i = 0; i < P_WORDS * 4; i++) {
    const byte = key[i % (key.length + 1)] ?? 0
    // `$2x$` marks hashes of crypt_blowfish before 1.1, where a char was signed: CVE-2011-2483
    words[i >> 2] = ((words[i >> 2] as number) << 8) | (signed ? (byte << 24) >> 24 : byte)
  }
  return words
}

/**
 * `$2a$` in crypt_blowfish since 1.1 (BF_set_key, "safety"): passwords whose hash could be that of another one under
 * the old bug get a bit of their own, so that no one logs in with the other.
 */
function safetyBit(key: Uint8Array): number {
  const correct = keyWords(key, false)
  const buggy = keyWords(key, true)
  let differs = 0
  for (let i = 0; i < P_WORDS; i++) differs |= (correct[i] as number) ^ (buggy[i] as number)
  let sign = 0
  // only a byte that is not the first of its word could spread its sign over the others
  for (let i = 0; i < P_WORDS * 4; i++) if (i & 3) sign |= (key[i % (key.length + 1)] ?? 0) & 0x80
  return sign !== 0 && differs === 0 ? 0x10000 : 0
}

/** bcrypt's raw digest, 23 bytes. `pause` is awaited about every 5 ms, so that the event loop can run. */
export async function bcryptDigest(
  variant: string,
  key: Uint8Array,
  salt: Uint8Array,
  cost: number,
  pause: () => Promise<unknown>,
): Promise<Uint8Array> {
  const expanded = keyWords(key, variant === '2x')
  const saltWords = new Int32Array(4)
  for (let i = 0; i < 16; i++) saltWords[i >> 2] = ((saltWords[i >> 2] as number) << 8) | (salt[i] as number)
  const noSalt = new Int32Array(4)

  const state = initialState()
  if (variant === '2a') state[0] = (state[0] as number) ^ safetyBit(key)
  expandKey(state, expanded, saltWords)
  // 64 of these are about 5 ms
  for (let i = 0; i < 2 ** cost; i++) {
    if (i % 64 === 63) await pause()
    expandKey(state, expanded, noSalt)
    expandKey(state, saltWords, noSalt)
  }

  const magic = Buffer.from('OrpheanBeholderScryDoubt')
  const text = Int32Array.from({ length: 6 }, (_, i) => magic.readInt32BE(4 * i))
  for (let at = 0; at < 6; at += 2) for (let i = 0; i < 64; i++) encipher(state, text, at)
  const digest = Buffer.alloc(24)
  text.forEach((word, i) => {
    digest.writeInt32BE(word, 4 * i)
  })
  // the first implementation dropped the last byte, and all others do the same
  return digest.subarray(0, 23)
}
