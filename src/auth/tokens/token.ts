// The form of a personal access token: `htk_`, 8 characters of id, 32 of secret, 6 of checksum; 50 in all.
import { crc32 } from 'node:zlib'
import { nodeCrypto } from '../../platform/node-crypto.ts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** The prefix of every token, which secret scanners search for. */
export const TOKEN_PREFIX = 'htk_'
const ID_LENGTH = 8
/** 32 characters of 62 are 190 bits. */
const SECRET_LENGTH = 32
/** 62^6 is above 2^32. */
const CHECKSUM_LENGTH = 6
const CHECKED_LENGTH = TOKEN_PREFIX.length + ID_LENGTH + SECRET_LENGTH

const TOKEN = /^htk_[0-9A-Za-z]{46}$/

/** The CRC-32 (ISO 3309) of everything before it, as digits of base 62. */
function checksumOf(text: string): string {
  let [rest, digits] = [crc32(text), '']
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    digits = (ALPHABET[rest % 62] as string) + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}

/** Generates a token. It is shown once; only its `digestOf` is stored. */
export function generateToken(): string {
  const { randomInt } = nodeCrypto()
  const random = Array.from({ length: ID_LENGTH + SECRET_LENGTH }, () => ALPHABET[randomInt(62)])
  const text = `${TOKEN_PREFIX}${random.join('')}`
  return text + checksumOf(text)
}

/**
 * Whether a text has the form of a token and the right checksum. So a password with the same prefix is not taken for a
 * token, and a secret scanner can recognise a real one offline.
 */
export function isToken(text: string): boolean {
  if (!TOKEN.test(text)) return false
  let checksum = 0
  for (let i = CHECKED_LENGTH; i < text.length; i++) checksum = checksum * 62 + digitOf(text.charCodeAt(i))
  return checksum === crc32(text.slice(0, CHECKED_LENGTH))
}

/** The value of a digit of base 62: `0` to `9`, `A` to `Z`, `a` to `z`. */
const digitOf = (code: number): number => code - (code < 65 ? 48 : code < 97 ? 55 : 61)

/** The id of a token. */
export const tokenId = (token: string): string =>
  token.slice(TOKEN_PREFIX.length, TOKEN_PREFIX.length + ID_LENGTH)

/** The stored form of a token. */
export const digestOf = (token: string): string => nodeCrypto().hash('sha256', token, 'hex')
