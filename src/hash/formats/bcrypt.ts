// bcrypt with all its prefixes: bcryptjs for passwords that are UTF-8, our own Blowfish for other bytes and for `$2x$`.
import { isUtf8 } from 'node:buffer'
import { setImmediate as eventLoopTurn } from 'node:timers/promises'
import { asBuffer, type ByteString, fromByteString, isAscii } from '../../bytes.ts'
import { loadBcryptjs } from '../../platform/engines.ts'
import { nodeCrypto } from '../../platform/node-crypto.ts'
import { type HashFormat, lazyEngine, MAX_CRYPT_PASSWORD_BYTES } from '../format.ts'

/** bcrypt looks at no more than the first 72 bytes of a password. */
export const BCRYPT_PASSWORD_BYTES = 72

const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

// bcrypt's base64 is the usual one with another alphabet and no padding
const encode = (bytes: Uint8Array): string =>
  asBuffer(bytes)
    .toString('base64')
    .replace(/=+$/, '')
    .replace(/./g, c => ALPHABET[BASE64.indexOf(c)] as string)
const decode = (text: string): Uint8Array =>
  Buffer.from(
    text.replace(/./g, c => BASE64[ALPHABET.indexOf(c)] as string),
    'base64',
  )

// "$2" variant "$" cost "$" 22 characters of salt, 31 of digest; the last character of each carries padding bits, which
// every crypt(3) writes as zero, so only those characters can compare equal
const PATTERN =
  /^\$(2[abxy])\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$/
const SETTING = /^\$(2[abxy])\$(\d\d)\$(.{22})/

const withEngine = lazyEngine(loadBcryptjs)

/** The password as text; undefined where its bytes are not UTF-8. */
function decodeUtf8(password: ByteString): string | undefined {
  if (isAscii(password)) return password
  const bytes = fromByteString(password)
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined
}

/** A cost of 10 takes about a tenth of a second; below that a leaked file is guessed too fast. */
const STRONG_COST = 10

/** bcryptjs yields to the event loop after this time (its MAX_EXECUTION_TIME). */
const ENGINE_SLICE_MILLISECONDS = 100

const estimateMs = (from: string): number => 2 ** Number(SETTING.exec(from)?.[2]) * 0.08

export const bcrypt: HashFormat<'bcrypt'> = {
  id: 'bcrypt',
  significantBytes: BCRYPT_PASSWORD_BYTES,
  // 17 is also the maximum of Apache's command; it takes about ten seconds
  parameter: { name: 'cost', default: 12, min: 4, max: 17, verifyMax: 17 },
  matchesPrefix: hash => /^\$2[abxy]\$/.test(hash),
  identify: hash => {
    const [, variant, cost] = PATTERN.exec(hash) ?? []
    if (variant === undefined) return undefined
    return {
      variant,
      cost: Number(cost),
      strength: Number(cost) >= STRONG_COST && variant !== '2x' ? 'strong' : 'weak',
    }
  },
  // `$2y$` is what Apache writes and what every reader of these files takes; bcryptjs itself would write `$2b$`
  setting: (cost = 12) => `$2y$${String(cost).padStart(2, '0')}$${encode(nodeCrypto().randomBytes(16))}`,
  compute: async (password, from) => {
    const [setting, variant, cost, salt] = SETTING.exec(from) as unknown as [string, string, string, string]
    // libcrypt computes these two and has its limit; Apache computes $2a$ and $2y$ itself and has none
    if (/2[bx]/.test(variant) && password.length > MAX_CRYPT_PASSWORD_BYTES) return undefined
    const text = variant === '2x' ? undefined : decodeUtf8(password)
    if (text !== undefined) {
      // one that ends before its first yield gains nothing by a promise
      const isShort = estimateMs(from) < ENGINE_SLICE_MILLISECONDS
      return withEngine(engine => (isShort ? engine.hashSync(text, setting) : engine.hash(text, setting)))
    }
    // bcryptjs throws on `$2x$` and takes text only
    const { bcryptDigest } = await import('./blowfish.ts')
    const digest = await bcryptDigest(
      variant,
      fromByteString(password),
      decode(salt),
      Number(cost),
      eventLoopTurn,
    )
    return `$${variant}$${cost}$${encode(decode(salt))}${encode(digest)}`
  },
  estimateMs,
}
