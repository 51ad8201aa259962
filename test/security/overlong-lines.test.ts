// No length overflows anything (CVE-2017-17663, CVE-2006-1078, PR 54893: buffers of fixed size in htpasswd and its kin).
import { expect, test } from 'vitest'
import { parseHtpasswd } from '../../src/document/document.ts'
import { runBin, textIn, withUsers } from '../support/password-file.ts'

const RECORD = 'alice:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM='

test.each([
  ['a comment of a megabyte', `#${'x'.repeat(1 << 20)}\n${RECORD}\n`],
  ['a hash of a megabyte', `bob:${'x'.repeat(1 << 20)}\n${RECORD}\n`],
  ['a name of a megabyte', `${'x'.repeat(1 << 20)}:x\n${RECORD}\n`],
  ['a rest of a megabyte', `${RECORD}:${'x'.repeat(1 << 20)}\n`],
  ['a hundred thousand lines', `${'user:x\n'.repeat(100_000)}${RECORD}\n`],
])('%s: alice still verifies, changes and stays alone in what changed', async (_, text) => {
  await withUsers(text, async file => {
    expect((await runBin(['-vb', file, 'alice', 'pw'])).status).toBe(0)
    expect((await runBin(['-bs', file, 'alice', 'new'])).status).toBe(0)
    expect((await runBin(['-vb', file, 'alice', 'new'])).status).toBe(0)
    expect(textIn(file).length).toBe(text.length)
  })
})

test.each([
  ['a name', ['-bs', 'f', 'x'.repeat(100_000), 'pw'], 5],
  ['a password', ['-bs', 'f', 'bob', 'x'.repeat(100_000)], 5],
])('%s too long for a record is refused by its own status', async (_, words, status) => {
  await withUsers(`${RECORD}\n`, async file => {
    expect((await runBin(words.map(word => (word === 'f' ? file : word)))).status).toBe(status)
    expect(textIn(file)).toBe(`${RECORD}\n`)
  })
})

test('a million lines are read in one go', () => {
  const document = parseHtpasswd('user:x\n'.repeat(1_000_000))
  expect(document.get('user')).toBe('x')
})
