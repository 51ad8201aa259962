// The form of a token: prefix, id, secret and checksum.
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { digestOf, generateToken, isToken, tokenId } from '../../../../src/auth/tokens/token.ts'

test('a generated token has the form that scanners look for, and is never the same', () => {
  const tokens = Array.from({ length: 200 }, generateToken)
  expect(new Set(tokens).size).toBe(200)
  for (const token of tokens) {
    expect(token).toMatch(/^htk_[0-9A-Za-z]{46}$/)
    expect(isToken(token)).toBe(true)
    expect(tokenId(token)).toBe(token.slice(4, 12))
  }
})

test('the checksum is the CRC-32 of all before, in base 62', () => {
  const token = generateToken()
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  const value = [...token.slice(44)].reduce((sum, digit) => sum * 62 + alphabet.indexOf(digit), 0)
  expect(value).toBe(crc32(token.slice(0, 44)))
})

test('every changed character is noticed', () => {
  const token = generateToken()
  for (let i = 0; i < token.length; i++) {
    const other = token[i] === 'x' ? 'y' : 'x'
    expect(isToken(token.slice(0, i) + other + token.slice(i + 1))).toBe(false)
  }
})

test.each(['', 'htk_', 'password', `htk_${'a'.repeat(46)}`, `htk_${'ä'.repeat(46)}`, 'HTK_'])(
  'no token: %j',
  text => expect(isToken(text)).toBe(false),
)

test('neither with anything before, nor after it', () => {
  const token = generateToken()
  for (const text of [` ${token}`, `${token} `, `${token}\n`, token.slice(0, -1), `${token}0`])
    expect(isToken(text)).toBe(false)
})

test('what is stored is SHA-256', () => {
  expect(digestOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
