// Our hashes and those of the real programs open each other: the C library's crypt(3) and Apache's htpasswd.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import apacheMd5 from 'apache-md5'
import fc from 'fast-check'
import unixCrypt from 'unix-crypt-td-js'
import { afterAll, describe, expect, test } from 'vitest'
import { toByteString } from '../../src/bytes.ts'
import { hashPassword, verifyPassword } from '../../src/hash/hash-password.ts'
import { type FormatId, formats } from '../../src/hash/registry.ts'
import { skipReason } from '../support/outside-program.ts'

// crypt(3) sits behind perl's crypt(); one process for many lines of "password setting", both in hexadecimal
const CRYPT_LINES = `while (<STDIN>) { my ($p, $s) = map { pack "H*", $_ } /^(\\w*) (\\w+)$/; print crypt($p, $s) // "", "\\n" }`
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
function cryptOfTheSystem(pairs: readonly (readonly [Uint8Array, string])[]): string[] {
  const input = pairs.map(([password, setting]) => `${hex(password)} ${hex(Buffer.from(setting))}\n`).join('')
  const run = spawnSync('perl', ['-e', CRYPT_LINES], { input, encoding: 'latin1' })
  return (run.stdout ?? '').split('\n').slice(0, -1)
}

// only a libcrypt like libxcrypt knows all the formats; others answer with an error text or nothing
const settings = [
  '$1$abcdefgh$',
  '$5$rounds=1000$saltstring',
  '$6$rounds=1000$saltstring',
  '$2a$04$abcdefghijklmnopqrstuu',
  '$2b$04$abcdefghijklmnopqrstuu',
  '$2x$04$abcdefghijklmnopqrstuu',
  '$2y$04$abcdefghijklmnopqrstuu',
  'ab',
]
const probe = cryptOfTheSystem(settings.map(setting => [Buffer.from('x'), setting]))
const crypt = settings.every((setting, i) => probe[i]?.startsWith(setting)) ? 'perl' : undefined
const htpasswd = spawnSync('htpasswd', ['-nb2', 'u', 'p']).status === 0 ? 'htpasswd' : undefined

const formatOf = (setting: string) =>
  formats.find(one => one.matchesPrefix(setting)) ?? formats.find(one => one.id === 'des')
const password = fc.uint8Array({ min: 1, max: 255, maxLength: 90 })

describe.skipIf(skipReason({ "perl with libxcrypt's crypt(3)": crypt }))(
  "the C library's crypt(3), through perl",
  () => {
    test.each(settings)('%s gives the same for any bytes', async setting => {
      const samples = fc.sample(password, 60)
      // 0xff and 0x80 are where the old bcrypt variants differ
      samples.push(Buffer.from([0xff]), Buffer.from('\xff\xa334\xff', 'latin1'), Buffer.alloc(72, 0x80))
      const theirs = cryptOfTheSystem(samples.map(one => [one, setting]))
      const ours = await Promise.all(
        samples.map(one => formatOf(setting)?.compute(toByteString(one), setting)),
      )
      expect(ours).toEqual(theirs)
    })
  },
)

const folder = mkdtempSync(join(tmpdir(), 'htpasswd-interop-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(skipReason({ "Apache's htpasswd with -2 and -5": htpasswd }))("Apache's htpasswd", () => {
  const cheap: Partial<Record<FormatId, object>> = { bcrypt: { cost: 4 } }
  const passwords = ['secret', 'pässwörd', 'Łukasz', ' with: space ', '😀'.repeat(20)]

  // it has no word for plain text to check; {SSHA} only its server's LDAP cousins know
  const known = formats.filter(({ id }) => id !== 'plaintext' && id !== 'ssha')
  test.each(known.map(({ id }) => id))('opens our %s', async id => {
    for (const [i, secret] of passwords.entries()) {
      const file = join(folder, `${id}-${i}`)
      writeFileSync(file, `u:${await hashPassword(secret, { format: id, ...cheap[id] })}\n`)
      expect(spawnSync('htpasswd', ['-vb', file, 'u', secret]).status).toBe(0)
      // 3 is "password verification failed"
      expect(spawnSync('htpasswd', ['-vb', file, 'u', `?${secret}`]).status).toBe(3)
    }
  })

  test.each([['-m'], ['-B', '-C4'], ['-2'], ['-5'], ['-s'], ['-d']])(
    'makes what we open: %s',
    async (...flags) => {
      for (const secret of passwords) {
        const { stdout } = spawnSync('htpasswd', ['-nb', ...flags, 'u', secret], { encoding: 'utf8' })
        const hash = stdout.trim().slice('u:'.length)
        expect(await verifyPassword(secret, hash)).toBe(true)
        expect(await verifyPassword(`?${secret}`, hash)).toBe(false)
      }
    },
  )
})

// the packages themselves, called as their authors mean it: what ours adds is bytes, checks and salts
test('apache-md5 opens our apr1 for ASCII', async () => {
  const md5 = apacheMd5 as unknown as (password: string, setting: string) => string
  const hash = await hashPassword('secret', { format: 'apr1' })
  expect(md5('secret', hash)).toBe(hash)
})

test('unix-crypt-td-js opens our des for ASCII', async () => {
  const hash = await hashPassword('secret', { format: 'des' })
  expect(unixCrypt('secret', hash)).toBe(hash)
})
