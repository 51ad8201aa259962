// The certificate: checked with its key at the start, taken over when both fit again.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readTls, type TlsPair, watchTls } from '../../src/cli/serve-tls.ts'
import { findProgram, skipReason } from '../interop/outside-program.ts'

const folder = mkdtempSync(join(tmpdir(), 'serve-tls-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

function makePair(name: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at(`${name}.key`)]
  execFileSync(
    'openssl',
    ['req', '-x509', ...key, '-out', at(`${name}.pem`), '-subj', '/CN=localhost', '-days', '1'],
    { stdio: 'ignore' },
  )
}

describe.skipIf(skipReason({ openssl: findProgram('openssl') }))('with certificates of openssl', () => {
  beforeAll(() => {
    makePair('one')
    makePair('two')
  })

  test('a pair that fits is read', () => {
    expect(readTls({ cert: at('one.pem'), key: at('one.key') }).cert.toString()).toContain(
      'BEGIN CERTIFICATE',
    )
  })

  test.each([
    [
      'a key of another certificate',
      'one.pem',
      'two.key',
      /expected a PEM certificate in .* and its key in /,
    ],
    ['no PEM', 'junk', 'one.key', /expected a PEM certificate/],
    ['a missing file', 'none.pem', 'one.key', /--tls-cert expected a readable file/],
  ])('%s is refused', (_, cert, key, message) => {
    writeFileSync(at('junk'), 'junk')
    expect(() => readTls({ cert: at(cert), key: at(key) })).toThrow(message)
  })

  test('a reload takes a new pair, and keeps the old one while the two do not fit', () => {
    copyFileSync(at('one.pem'), at('live.pem'))
    copyFileSync(at('one.key'), at('live.key'))
    const used: TlsPair[] = []
    const said: string[] = []
    using watch = watchTls(
      { cert: at('live.pem'), key: at('live.key') },
      pair => used.push(pair),
      text => said.push(text),
    )
    copyFileSync(at('two.pem'), at('live.pem'))
    watch.reload()
    expect(used).toEqual([])
    expect(said[0]).toMatch(/^warning: .*; the old certificate stays in use$/)
    copyFileSync(at('two.key'), at('live.key'))
    watch.reload()
    expect(used).toHaveLength(1)
  })
})
