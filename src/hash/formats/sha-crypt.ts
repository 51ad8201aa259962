// SHA-256-crypt ($5$) and SHA-512-crypt ($6$) on node:crypto (Drepper, "Unix crypt using SHA-256 and SHA-512", 0.6).
// By hand, because none of the packages that come with us computes them.
import { setImmediate as eventLoopTurn } from 'node:timers/promises'
import { fromByteString } from '../../bytes.ts'
import { nodeCrypto } from '../../platform/node-crypto.ts'
import { type HashFormat, MAX_CRYPT_PASSWORD_BYTES } from '../format.ts'
import { encode24, randomSalt } from './crypt64.ts'

const ROUNDS_WITHOUT_PREFIX = 5000
// (i % 2, i % 3, i % 7) decides what round i hashes, so the pattern repeats after 42 rounds
const PATTERNS = 42
// about 5 ms of work between two turns of the event loop
const ROUNDS_PER_TURN = PATTERNS * 100

type Algorithm = 'sha256' | 'sha512'
// `hash` with all its types is newer than the oldest Node's typings say
const digest = (algorithm: Algorithm, data: Buffer): Buffer => nodeCrypto().hash(algorithm, data, 'buffer')

/** A digest repeated and cut to `length` bytes (steps 10, 16 and 20). */
function stretch(source: Buffer, length: number): Buffer {
  return Buffer.alloc(length, source)
}

/** Steps 1 to 20: the first digest A, and the sequences P of the password and S of the salt. */
function start(algorithm: Algorithm, password: Buffer, salt: Buffer): { a: Buffer; p: Buffer; s: Buffer } {
  const b = digest(algorithm, Buffer.concat([password, salt, password]))
  const parts = [password, salt, stretch(b, password.length)]
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? b : password)
  const a = digest(algorithm, Buffer.concat(parts))
  const dp = digest(algorithm, Buffer.concat(Array<Buffer>(password.length).fill(password)))
  const ds = digest(algorithm, Buffer.concat(Array<Buffer>(16 + (a[0] as number)).fill(salt)))
  return { a, p: stretch(dp, password.length), s: stretch(ds, salt.length) }
}

/** The input of each of 42 rounds (step 21), assembled once, with the offset of the previous digest in it. */
function roundInputs(p: Buffer, s: Buffer, digestBytes: number): { input: Buffer; at: number }[] {
  const hole = Buffer.alloc(digestBytes)
  return Array.from({ length: PATTERNS }, (_, i) => {
    const middle = [i % 3 ? s : Buffer.alloc(0), i % 7 ? p : Buffer.alloc(0)]
    const input = Buffer.concat(i % 2 ? [p, ...middle, hole] : [hole, ...middle, p])
    return { input, at: i % 2 ? input.length - digestBytes : 0 }
  })
}

async function digestRounds(
  algorithm: Algorithm,
  password: Buffer,
  salt: Buffer,
  rounds: number,
): Promise<Buffer> {
  const { a, p, s } = start(algorithm, password, salt)
  const inputs = roundInputs(p, s, a.length)
  // kept as a Latin-1 string: a new Buffer each round takes as long as the digest itself (row in bench/hash.js)
  let current = a.toString('latin1')
  const { hash: digestOf } = nodeCrypto()
  for (let done = 0; done < rounds; ) {
    for (const stop = Math.min(rounds, done + ROUNDS_PER_TURN); done < stop; done++) {
      const { input, at } = inputs[done % PATTERNS] as { input: Buffer; at: number }
      input.write(current, at, 'latin1')
      current = digestOf(algorithm, input, 'binary')
    }
    if (done < rounds) await eventLoopTurn()
  }
  return Buffer.from(current, 'latin1')
}

/** Step 22: the bytes in the specification's order, three to four characters. */
function encode(final: Buffer, order: readonly (readonly [number, number, number])[], rest: string): string {
  const byte = (index: number): number => final[index] as number
  return order.map(([x, y, z]) => encode24((byte(x) << 16) | (byte(y) << 8) | byte(z), 4)).join('') + rest
}

// Both orders rotate: SHA-512 starts at (0, 21, 42) and turns left each time, SHA-256 at (0, 10, 20) and turns right.
function rotation(step: number, turnLeft: boolean): [number, number, number][] {
  return Array.from({ length: step }, (_, i) => {
    const columns = [i, i + step, i + 2 * step] as const
    const turn = (turnLeft ? i : 3 - (i % 3)) % 3
    return [0, 1, 2].map(c => columns[(c + turn) % 3]) as [number, number, number]
  })
}
const encoders: Record<Algorithm, (final: Buffer) => string> = {
  sha256: final =>
    encode(final, rotation(10, false), encode24(((final[31] as number) << 8) | (final[30] as number), 3)),
  sha512: final => encode(final, rotation(21, true), encode24(final[63] as number, 2)),
}

function shaCrypt<const Id extends string>(
  id: Id,
  prefix: '5' | '6',
  algorithm: Algorithm,
  characters: number,
  microsecondsPerRound: number,
): HashFormat<Id> {
  // crypt(3) rewrites rounds of another form, so the comparison would fail; salts as in md5crypt
  const setting = `^\\$${prefix}\\$(?:rounds=([1-9]\\d{3,8})\\$)?([^$!*:;\\\\\\s\\x00-\\x20\\x7f-\\uffff]{0,16})`
  const pattern = new RegExp(`${setting}\\$[./0-9A-Za-z]{${characters}}$`)
  const start = new RegExp(setting)
  const roundsOf = (hash: string): number => Number(start.exec(hash)?.[1] ?? ROUNDS_WITHOUT_PREFIX)
  return {
    id,
    parameter: {
      name: 'rounds',
      default: ROUNDS_WITHOUT_PREFIX,
      min: 1000,
      max: 999_999_999,
      verifyMax: 10_000_000,
    },
    matchesPrefix: hash => hash.startsWith(`$${prefix}$`),
    identify: hash => {
      if (!pattern.test(hash)) return undefined
      const rounds = roundsOf(hash)
      return { rounds, strength: rounds >= ROUNDS_WITHOUT_PREFIX ? 'strong' : 'weak' }
    },
    // the default number of rounds is left out, as Apache does
    setting: rounds => `$${prefix}$${rounds === undefined ? '' : `rounds=${rounds}$`}${randomSalt(16)}`,
    compute: async (password, from) => {
      if (password.length > MAX_CRYPT_PASSWORD_BYTES) return undefined
      const [text, , salt] = start.exec(from) as unknown as [string, string | undefined, string]
      const final = await digestRounds(
        algorithm,
        fromByteString(password),
        Buffer.from(salt, 'latin1'),
        roundsOf(from),
      )
      return `${text}$${encoders[algorithm](final)}`
    },
    estimateMs: from => (roundsOf(from) * microsecondsPerRound) / 1000,
  }
}

export const sha256crypt = shaCrypt('sha256crypt', '5', 'sha256', 43, 1)
export const sha512crypt = shaCrypt('sha512crypt', '6', 'sha512', 86, 1.3)
