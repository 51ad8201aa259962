// {SHA} and {SSHA}: one SHA-1 in base64, without and with a salt (apr-util crypto/apr_sha1.c; RFC 2307, OpenLDAP).

import { fromByteString } from '../../bytes.ts'
import { nodeCrypto } from '../../platform/node-crypto.ts'
import type { HashFormat } from '../format.ts'
import { sha1Digest } from './sha1-digest.ts'

const SHA1_BYTES = 20

// 20 bytes leave two unused bits in the last character, which encoders write as zero (RFC 4648 section 3.5)
const CANONICAL_SHA = /^\{SHA\}[+/0-9A-Za-z]{26}[AEIMQUYcgkosw048]=$/

const estimateMs = (_: string, passwordLength: number): number => passwordLength * 0.00001

export const sha1: HashFormat<'sha1'> = {
  id: 'sha1',
  matchesPrefix: hash => hash.startsWith('{SHA}'),
  identify: hash => (CANONICAL_SHA.test(hash) ? { strength: 'broken' } : undefined),
  setting: () => '{SHA}',
  compute: password => `{SHA}${sha1Digest(fromByteString(password)).toString('base64')}`,
  estimateMs,
}

// digest and salt stand together in the base64: SHA1(password + salt) + salt
const saltOf = (setting: string): Buffer => Buffer.from(setting.slice(6), 'base64').subarray(SHA1_BYTES)

export const ssha: HashFormat<'ssha'> = {
  id: 'ssha',
  matchesPrefix: hash => hash.startsWith('{SSHA}'),
  identify: hash => {
    const text = hash.slice(6)
    // one SHA-1 is guessed a billion times a second, but with a salt each record on its own, as apr1
    const bytes = Buffer.from(text, 'base64')
    if (bytes.length < SHA1_BYTES || bytes.toString('base64') !== text) return undefined
    return { strength: bytes.length > SHA1_BYTES ? 'weak' : 'broken' }
  },
  setting: () => {
    const salt = nodeCrypto().randomBytes(8)
    return `{SSHA}${Buffer.concat([Buffer.alloc(SHA1_BYTES), salt]).toString('base64')}`
  },
  compute: (password, setting) => {
    const salt = saltOf(setting)
    const digest = sha1Digest(Buffer.concat([fromByteString(password), salt]))
    return `{SSHA}${Buffer.concat([digest, salt]).toString('base64')}`
  },
  estimateMs,
}
