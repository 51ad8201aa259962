import { expect, test } from 'vitest'
import { parseClassic } from '../../../../src/cli/apache/grammar.ts'
import { CollectedOptions } from '../../../../src/cli/apache/long-options.ts'
import { passwordOf } from '../../../../src/cli/apache/password.ts'
import { recordedIo } from '../../../support/recorded-io.ts'

const stdin = (input: string | Buffer) => passwordOf(parseClassic(['-ni', 'u']), recordedIo({ input }))

test.each([
  ['pw', 'pw'],
  ['pw\n', 'pw'],
  ['pw\r\n', 'pw'],
  ['pw\n\n', 'pw\n'],
  ['pw\nmore\n', 'pw\nmore'],
  ['pw\r', 'pw\r'],
  ['\n', ''],
  [' pw ', ' pw '],
  ['x'.repeat(255), 'x'.repeat(255)],
  [`${'x'.repeat(254)}\n`, 'x'.repeat(254)],
])('-i takes %j as %j', async (input, password) => expect(await stdin(input)).toBe(password))

test('-i takes bytes as they are', async () => {
  expect(await stdin(Buffer.from([0xff, 0x70, 0x0a]))).toBe('\xffp')
})

test.each([
  ['nothing on standard input', () => stdin(''), 4, /standard input, got nothing/],
  ['256 bytes there', () => stdin('x'.repeat(256)), 5, /too long \(>256\)/],
  ['256 with the line end', () => stdin(`${'x'.repeat(255)}\n`), 5, /too long/],
  [
    '256 bytes as an argument',
    () => passwordOf(parseClassic(['-nb', 'u', 'x'.repeat(256)]), recordedIo()),
    5,
    /\(> 256\)/,
  ],
  [
    '257 bytes typed',
    () => passwordOf(parseClassic(['-n', 'u']), recordedIo({ typed: [`${'x'.repeat(257)}\r`] })),
    5,
    /\(>256\)/,
  ],
  [
    'two that differ',
    () => passwordOf(parseClassic(['-n', 'u']), recordedIo({ typed: ['a\rb\r'] })),
    3,
    /password verification error/,
  ],
])('%s: refused', async (_name, act, exitStatus, message) => {
  await expect(act()).rejects.toMatchObject({ exitStatus, message: expect.stringMatching(message) })
})

test('-b beside -i takes an empty input, as Apache’s does', async () => {
  expect(await passwordOf(parseClassic(['-nbi', 'u']), recordedIo())).toHaveLength(0)
})

test('a password from a long option is used without a prompt', async () => {
  const io = recordedIo({ env: { LAB_PW: 'correct horse' }, typed: ['typed\r'], input: 'piped' })
  const command = parseClassic(['--password-env', 'LAB_PW', 'f', 'u'], new CollectedOptions())
  expect(await passwordOf(command, io)).toBe('correct horse')
  expect(io.said.err).toBe('')
})

test('-v asks once', async () => {
  const io = recordedIo({ typed: ['pw\r'] })
  expect(await passwordOf(parseClassic(['-v', 'f', 'u']), io)).toBe('pw')
  expect(io.said.err).toBe('Enter password: \n')
})
