// The specification's own vectors (Drepper, SHA-crypt.txt), and OpenSSL, written by others, as the oracle.

import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { toByteString } from '../../src/bytes.ts'
import { sha256crypt, sha512crypt } from '../../src/hash/formats/sha-crypt.ts'
import { skipReason } from '../support/outside-program.ts'

test.each([
  ['$5$saltstring', '$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'],
  ['$5$rounds=10000$saltstringsaltst', '$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA'],
  [
    '$6$saltstring',
    '$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
  ],
  [
    '$6$rounds=10000$saltstringsaltst',
    '$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
  ],
])('"Hello world!" under %s', async (setting, digest) => {
  const format = setting.startsWith('$5$') ? sha256crypt : sha512crypt
  expect(await format.compute(toByteString('Hello world!'), setting)).toBe(setting + digest)
})

// the one of macOS, LibreSSL, has no -5
const openssl = spawnSync('openssl', ['passwd', '-5', 'x']).status === 0 ? 'openssl' : undefined
const passwords = ['a', 'secret', 'pässwörd', 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(200)]
test.skipIf(skipReason({ 'openssl with passwd -5': openssl })).each(passwords)(
  'OpenSSL computes the same for %j',
  async password => {
    for (const [flag, format] of [
      ['-5', sha256crypt],
      ['-6', sha512crypt],
    ] as const) {
      const { stdout } = spawnSync('openssl', ['passwd', flag, '-salt', 'saltstring', '-stdin'], {
        input: `${password}\n`,
        encoding: 'utf8',
      })
      expect(await format.compute(toByteString(password), `$${flag[1]}$saltstring`)).toBe(stdout.trim())
    }
  },
)

test.each([
  ['$5$rounds=0999$salt$', undefined],
  ['$5$rounds=999$salt$', undefined],
  ['$5$rounds=1000$salt$', { rounds: 1000, strength: 'weak' }],
  ['$5$salt$', { rounds: 5000, strength: 'strong' }],
  ['$5$seventeen-letters$', undefined],
  ['$5$$', { rounds: 5000, strength: 'strong' }],
])('identify %s', (start, info) => expect(sha256crypt.identify(start + 'a'.repeat(43))).toEqual(info))

test('many rounds do not block the event loop', async () => {
  let turns = 0
  let running = true
  const count = (): void => {
    turns++
    if (running) setImmediate(count)
  }
  setImmediate(count)
  await sha512crypt.compute(toByteString('x'), '$6$rounds=30000$salt')
  running = false
  expect(turns).toBeGreaterThan(4)
})
