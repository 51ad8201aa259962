// MD5-based crypt: Apache's $apr1$ (apr-util crypto/apr_md5.c) and FreeBSD's $1$, both computed by apache-md5.
import type { ByteString } from '../../bytes.ts'
import { loadApacheMd5 } from '../../platform/engines.ts'
import { type HashFormat, lazyEngine, MAX_CRYPT_PASSWORD_BYTES } from '../format.ts'
import { randomSalt } from './crypt64.ts'

// apache-md5 hashes the low byte of each character, so it gets a byte string. It takes a salt of any length where the real
// code stops at 8, so the patterns refuse longer ones. Its own salts come from Math.random, so it never makes one.
const withEngine = lazyEngine(loadApacheMd5)

const md5Crypt = (password: ByteString, setting: string): string | Promise<string> => {
  // without the digest, because the package splits the whole setting
  const upToSalt = setting.slice(0, setting.lastIndexOf('$') + 1)
  return withEngine(engine => {
    try {
      return engine(password, upToSalt)
    } catch (error) {
      // no MD5 in this OpenSSL: FIPS mode, or a build without it
      if (!String((error as NodeJS.ErrnoException).code).startsWith('ERR_OSSL')) throw error
      return import('./md5-crypt.ts').then(own => own.md5Crypt(password, upToSalt))
    }
  })
}

// apr takes any byte but "$" in a salt; a character is a byte
const APR1 = /^\$apr1\$[^$\u0100-\uffff]{0,8}\$[./0-9A-Za-z]{22}$/
export const apr1: HashFormat<'apr1'> = {
  id: 'apr1',
  matchesPrefix: hash => hash.startsWith('$apr1$'),
  identify: hash => (APR1.test(hash) ? { strength: 'weak' } : undefined),
  setting: () => `$apr1$${randomSalt(8)}$`,
  compute: md5Crypt,
  // a thousand rounds over the whole password, and Apache sets no limit to its length: 100 KB take half a second
  estimateMs: (_, passwordLength) => 1 + passwordLength * 0.006,
}

// libxcrypt refuses these characters in a salt (lib/crypt.c, check_badsalt_chars), so no server accepts such a record
const MD5 = /^\$1\$[^$!*:;\\\s\x00-\x20\x7f-\uffff]{0,8}\$[./0-9A-Za-z]{22}$/
export const md5crypt: HashFormat<'md5crypt'> = {
  id: 'md5crypt',
  matchesPrefix: hash => hash.startsWith('$1$'),
  identify: hash => (MD5.test(hash) ? { strength: 'weak' } : undefined),
  setting: () => `$1$${randomSalt(8)}$`,
  compute: (password, setting) =>
    password.length > MAX_CRYPT_PASSWORD_BYTES ? undefined : md5Crypt(password, setting),
  estimateMs: () => 1,
}
