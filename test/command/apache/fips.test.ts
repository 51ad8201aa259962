// Without MD5 in OpenSSL (FIPS mode, simulated: node:crypto refuses it as OpenSSL does), the default hash still works.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const bin = fileURLToPath(new URL('../../../bin/htpasswd.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'fips-'))
afterAll(() => rmSync(folder, { recursive: true }))

const preload = join(folder, 'fips.cjs')
writeFileSync(
  preload,
  `const crypto = require('node:crypto')
const refuse = make => (name, ...rest) => {
  if (!/^md5$/i.test(name)) return make(name, ...rest)
  throw Object.assign(new Error('error:0308010C:digital envelope routines::unsupported'), { code: 'ERR_OSSL_EVP_UNSUPPORTED' })
}
crypto.createHash = refuse(crypto.createHash)
if (crypto.hash) crypto.hash = refuse(crypto.hash)
require('node:module').syncBuiltinESMExports()
`,
)
const file = join(folder, 'users')
const run = (...words: string[]) =>
  spawnSync(process.execPath, ['--require', preload, bin, ...words], { encoding: 'utf8' })

test.each([
  ['a record is made', ['-cb', file, 'alice', 'secret'], 0, 'Adding password for user alice\n'],
  ['the password is right', ['-vb', file, 'alice', 'secret'], 0, 'Password for user alice correct.\n'],
  ['another one is not', ['-vb', file, 'alice', 'other'], 3, 'password verification failed\n'],
])('%s', (_, words, status, message) => {
  const { stderr, status: exit } = run(...words)
  expect([exit, stderr]).toEqual([status, message])
  expect(readFileSync(file, 'latin1')).toMatch(/^alice:\$apr1\$/)
})
