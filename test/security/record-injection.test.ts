// A name cannot bring a record or a comment of its own into the file (Apache's command writes what it is given).
import { expect, test } from 'vitest'
import { parseHtpasswd } from '../../src/document/document.ts'
import { runBin, textIn, withUsers } from '../support/password-file.ts'

const RECORD = 'root:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM='
const names = [`eve\n${RECORD}`, `eve\r\n${RECORD}`, RECORD, '#eve', ' eve', '', 'e\u0007ve', 'x'.repeat(256)]

test.each(names)('the command refuses %j and writes nothing', async name => {
  await withUsers('alice:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n', async file => {
    const before = textIn(file)
    const { status, stderr } = await runBin(['-bs', file, name, 'pw'])
    expect([5, 6]).toContain(status)
    expect(stderr).not.toBe('')
    expect(textIn(file)).toBe(before)
  })
})

test.each(names.filter(name => name.length < 256))('the document refuses %j', name => {
  expect(() => parseHtpasswd('').set(name, '{SHA}x')).toThrow()
})

test.each(['{SHA}x\nroot:{SHA}y', '{SHA}x\rroot:{SHA}y', '{SHA}x\0'])(
  'the document refuses the hash %j',
  hash => {
    expect(() => parseHtpasswd('').set('eve', hash)).toThrow()
  },
)

test('a plain text password cannot end its line either', async () => {
  await withUsers('', async file => {
    expect((await runBin(['-bp', file, 'eve', `x\n${RECORD}`])).status).toBe(2)
    expect(textIn(file)).toBe('')
  })
})

test('a last line without a line end is not joined to the next user', async () => {
  await withUsers('alice:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=', async file => {
    expect((await runBin(['-bs', file, 'bob', 'pw'])).status).toBe(0)
    expect(parseHtpasswd(textIn(file)).users()).toEqual(['alice', 'bob'])
  })
})
