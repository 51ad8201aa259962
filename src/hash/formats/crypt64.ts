// The ./0-9A-Za-z alphabet of crypt(3): random salts, and digests written out low bits first.
import { nodeCrypto } from '../../platform/node-crypto.ts'

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A salt of `length` characters, 6 random bits each (64 divides 256, so all are equally likely). */
export function randomSalt(length: number): string {
  let salt = ''
  for (const byte of nodeCrypto().randomBytes(length)) salt += ALPHABET[byte & 63]
  return salt
}

/** `count` characters of the number, least significant 6 bits first (b64_from_24bit in the SHA-crypt specification). */
export function encode24(value: number, count: number): string {
  let text = ''
  for (let rest = value; text.length < count; rest >>= 6) text += ALPHABET[rest & 63]
  return text
}
