// apache-md5 is the engine; OpenSSL, written by others, is the oracle.

import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { toByteString } from '../../src/bytes.ts'
import { apr1, md5crypt } from '../../src/hash/formats/apr1.ts'
import { findProgram, skipReason } from '../support/outside-program.ts'

test
  .skipIf(skipReason({ openssl: findProgram('openssl') }))
  .each(['a', 'secret', 'pässwörd', 'Łukasz', 'x'.repeat(200)])(
  'OpenSSL computes the same for %j',
  async password => {
    for (const [flag, format] of [
      ['apr1', apr1],
      ['1', md5crypt],
    ] as const) {
      const { stdout } = spawnSync('openssl', ['passwd', `-${flag}`, '-salt', 'abcdefgh', '-stdin'], {
        input: `${password}\n`,
        encoding: 'utf8',
      })
      expect(await format.compute(toByteString(password), `$${flag}$abcdefgh$`)).toBe(stdout.trim())
    }
  },
)

test('a salt of Apache’s may contain any byte, one of crypt(3) may not', () => {
  const digest = 'ErTEbPtDG8sGDe7vAaG2W0'
  expect(apr1.identify(`$apr1$a b;\u00ff$${digest}`)).toEqual({ strength: 'weak' })
  expect(apr1.identify(`$apr1$ninechars$${digest}`)).toBeUndefined()
  expect(md5crypt.identify(`$1$a b$${digest}`)).toBeUndefined()
  expect(md5crypt.identify(`$1$$${digest}`)).toEqual({ strength: 'weak' })
})

test('"Łukasz" is not "Aukasz", as it is to apache-md5 with text', async () => {
  expect(await apr1.compute(toByteString('Łukasz'), '$apr1$abcdefgh$')).not.toBe(
    await apr1.compute(toByteString('Aukasz'), '$apr1$abcdefgh$'),
  )
})
