// Traditional DES crypt(3), 13 characters, computed by unix-crypt-td-js.

import { loadUnixCrypt } from '../../platform/engines.ts'
import { type HashFormat, lazyEngine, MAX_CRYPT_PASSWORD_BYTES } from '../format.ts'
import { randomSalt } from './crypt64.ts'

// The package does not check the salt (it takes "$6" and "$#", which crypt(3) refuses), so the pattern does.
const DES = /^[./0-9A-Za-z]{13}$/

const withEngine = lazyEngine(loadUnixCrypt)

export const desCrypt: HashFormat<'des'> = {
  id: 'des',
  significantBytes: 8,
  // a DES hash has no prefix, only a shape
  matchesPrefix: hash => DES.test(hash),
  // 8 characters of 7 bits, one guess in microseconds
  identify: hash => (DES.test(hash) ? { strength: 'broken' } : undefined),
  setting: () => randomSalt(2),
  compute: (password, setting) => {
    if (password.length > MAX_CRYPT_PASSWORD_BYTES) return undefined
    // the package takes the low 7 bits of 8 characters, and of the setting only the salt
    return withEngine(engine => engine(password, setting))
  },
  estimateMs: () => 0.2,
}
