// The certificate: checked with its key at the start, taken over when both fit again.
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  keyWarnings,
  readTls,
  type TlsPair,
  watchTls,
} from '../../../../src/cli/commands/serve/listen/certificate.ts'
import { findProgram, skipReason } from '../../../support/outside-program.ts'

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
    ['a missing file', 'none.pem', 'one.key', /cannot read --tls-cert .*none.pem: there is no such file/],
  ])('%s is refused', (_, cert, key, message) => {
    writeFileSync(at('junk'), 'junk')
    expect(() => readTls({ cert: at(cert), key: at(key) })).toThrow(message)
  })

  /** A pair in use; `next` is the one that follows it, file by file. */
  function watched() {
    const copy = (from: string, kind: 'pem' | 'key') =>
      copyFileSync(at(`${from}.${kind}`), at(`live.${kind}`))
    copy('one', 'pem')
    copy('one', 'key')
    const said: string[] = []
    const watch = watchTls({ cert: at('live.pem'), key: at('live.key') }, text => said.push(text))
    const used: TlsPair[] = []
    watch.onChange(pair => used.push(pair))
    return { watch, used, said, next: (kind: 'pem' | 'key') => copy('two', kind) }
  }
  const NEW = expect.stringMatching(/live\.pem changed: new connections get the new certificate$/)

  test('a reload takes a new pair, and keeps the old one while the two do not fit', () => {
    const { watch, used, said, next } = watched()
    using _ = watch
    next('pem')
    watch.reload()
    expect(used).toEqual([])
    expect(said[0]).toMatch(/^warning: .*; the old certificate stays in use$/)
    next('key')
    watch.reload()
    expect(used).toHaveLength(1)
    expect(watch.pair).toBe(used[0])
    expect(said[1]).toEqual(NEW)
  })

  // both files have changed, and somebody sends SIGHUP as well: three reasons to look, one change
  test('a change is said once, and so is what is wrong with it', () => {
    const { watch, used, said, next } = watched()
    using _ = watch
    watch.reload()
    expect(said).toEqual([])
    next('pem')
    watch.reload()
    watch.reload()
    expect(said).toHaveLength(1)
    next('key')
    watch.reload()
    watch.reload()
    expect(used).toHaveLength(1)
    expect(said).toEqual([expect.stringMatching(/^warning: /), NEW])
  })
})

test.skipIf(process.platform === 'win32').each([
  [0o600, undefined],
  [0o640, undefined],
  [0o644, /mode 644: every user of this machine can read the private key. Fix it with: chmod 600 /],
  [0o666, /mode 666: every user of this machine can read/],
  [0o660, /mode 660: others can replace/],
])('a key of mode %o', (mode, warning) => {
  const path = join(folder, 'mode.key')
  writeFileSync(path, '')
  chmodSync(path, mode)
  const [first] = keyWarnings(path)
  if (warning === undefined) expect(first).toBeUndefined()
  else expect(first).toMatch(warning)
})
