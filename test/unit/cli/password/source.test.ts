// The password that an option names: every place, its encodings, and what is refused without a word of it in the message.

import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type ByteString, toByteString } from '../../../../src/bytes.ts'
import type { PasswordValues } from '../../../../src/cli/password/options.ts'
import {
  generationOf,
  givenOptions,
  passwordFrom,
  rejectSeveral,
} from '../../../../src/cli/password/source.ts'

const folder = mkdtempSync(join(tmpdir(), 'password-source-'))
afterAll(() => rmSync(folder, { recursive: true }))

const nothing: PasswordValues = {
  generate: undefined,
  'generate-to': undefined,
  'password-file': undefined,
  'password-env': undefined,
  'password-fd': undefined,
}
const from = (values: Partial<PasswordValues>, env: NodeJS.ProcessEnv = {}) =>
  passwordFrom({ ...nothing, ...values }, env)

let files = 0
function fileOf(content: string | Buffer): string {
  const path = join(folder, `file${files++}`)
  writeFileSync(path, content)
  return path
}

/** As the file of --password-file, and as the descriptor of --password-fd. */
const places: [string, (content: string | Buffer) => ByteString | undefined][] = [
  ['--password-file', content => from({ 'password-file': fileOf(content) })],
  [
    '--password-fd',
    content => {
      const fd = openSync(fileOf(content), 'r')
      try {
        return from({ 'password-fd': fd })
      } finally {
        closeSync(fd)
      }
    },
  ],
]

const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le')

describe.each(places)('%s', (_name, read) => {
  test.each<[string | Buffer, string]>([
    ['pw', 'pw'],
    ['pw\n', 'pw'],
    ['pw\r\n', 'pw'],
    ['pw\n\n', 'pw\n'],
    ['pw\r', 'pw\r'],
    [' pw ', ' pw '],
    ['pä\n', 'pä'],
    ['\ufeffpä\n', 'pä'],
    [utf16('pä\r\n'), 'pä'],
    ['x'.repeat(255), 'x'.repeat(255)],
    [`\ufeff${'x'.repeat(255)}`, 'x'.repeat(255)],
    [utf16('x'.repeat(255)), 'x'.repeat(255)],
    [utf16('€'.repeat(85)), '€'.repeat(85)],
  ])('%j is %j', (content, password) => expect(read(content)).toBe(toByteString(password)))

  test('bytes that are no text stay as they are', () => {
    expect(read(Buffer.from([0xff, 0x70, 0x0a]))).toBe('\xffp')
  })

  test.each([
    'x'.repeat(256),
    `${'x'.repeat(255)}\n`,
    utf16('x'.repeat(256)),
    utf16('€'.repeat(86)),
    utf16('x'.repeat(5000)),
    'x'.repeat(100_000),
  ])('one that is too long is refused: %#', content => {
    expect(() => read(content)).toThrow(
      expect.objectContaining({ code: 'ERR_TOO_LONG', message: 'password too long (>256)' }),
    )
  })

  test.each(['', '\n', '\r\n', '\ufeff', utf16('')])('%j is no password', content => {
    expect(() => read(content)).toThrow(
      expect.objectContaining({
        code: 'ERR_INTERRUPTED',
        exitStatus: 4,
        message: expect.stringMatching(
          /^--password-\w+ expected a password .*, got none; nothing was changed$/,
        ),
      }),
    )
  })
})

test.each([
  ['a file that is not there', join(folder, 'missing')],
  ['a folder', folder],
])('%s cannot be read', (_name, path) => {
  expect(() => from({ 'password-file': path })).toThrow(
    expect.objectContaining({
      code: 'ERR_FILE_ACCESS',
      exitStatus: 1,
      message: expect.stringMatching(
        /^--password-file expected a readable file; cannot read .*: .*; nothing was changed$/,
      ),
    }),
  )
})

test('a descriptor that is not open, or only for writing', () => {
  const fd = openSync(join(folder, 'closed'), 'w')
  const refused = (message: RegExp): void =>
    expect(() => from({ 'password-fd': fd })).toThrow(
      expect.objectContaining({ code: 'ERR_FILE_ACCESS', message: expect.stringMatching(message) }),
    )
  refused(new RegExp(`^--password-fd expected a readable descriptor, got ${fd}: E`))
  closeSync(fd)
  refused(
    new RegExp(`^--password-fd expected an open descriptor, but ${fd} is not open; open it with ${fd}< FILE`),
  )
})

describe('--password-env', () => {
  test('the whole value is the password', () => {
    expect(from({ 'password-env': 'PW' }, { PW: 'pä ss\n' })).toBe(toByteString('pä ss\n'))
  })

  test.each([
    ['MISSING', {}],
    ['EMPTY', { EMPTY: '' }],
    ['constructor', {}],
    ['__proto__', {}],
  ])('%s has none', (name, env) => {
    expect(() => from({ 'password-env': name }, env)).toThrow(
      expect.objectContaining({
        code: 'ERR_INTERRUPTED',
        message: `--password-env NAME expected a password in the variable ${name}, got none; nothing was changed`,
      }),
    )
  })

  test.each(['tell\ufffdnobody', 'tell\ud800nobody'])('bytes that Node has lost are refused: %j', text => {
    expect(() => from({ 'password-env': 'PW' }, { PW: text })).toThrow(
      expect.objectContaining({
        exitStatus: 2,
        message:
          '--password-env expected UTF-8 in the variable PW; give a password in other bytes with --password-file',
      }),
    )
  })

  test('the limit is that of the others', () => {
    expect(from({ 'password-env': 'PW' }, { PW: 'x'.repeat(255) })).toHaveLength(255)
    expect(() => from({ 'password-env': 'PW' }, { PW: 'x'.repeat(256) })).toThrow('password too long')
  })
})

describe('made up', () => {
  test.each<[Partial<PasswordValues>, RegExp]>([
    [{ generate: {} }, /^[2-9A-HJ-NP-Za-km-z]{20}$/],
    [{ generate: { length: 24 } }, /^[2-9A-HJ-NP-Za-km-z]{24}$/],
    [{ generate: { words: 6 } }, /^[a-z]+(-[a-z]+){5}$/],
    [{ 'generate-to': 'out' }, /^[2-9A-HJ-NP-Za-km-z]{20}$/],
    [{ 'generate-to': 'out', generate: { length: 9 } }, /^.{9}$/],
  ])('%j', (values, shape) => {
    const [one, other] = [from(values), from(values)]
    expect(one).toMatch(shape)
    expect(one).not.toBe(other)
    expect(generationOf({ ...nothing, ...values })).toBeDefined()
  })
})

test('without the options there is none, and nothing to make up', () => {
  expect(from({})).toBeUndefined()
  expect(generationOf(nothing)).toBeUndefined()
  expect(givenOptions(nothing)).toEqual([])
})

test.each<[Partial<PasswordValues>, string[], string | undefined]>([
  [{}, ['-b'], undefined],
  [{ generate: {}, 'generate-to': 'x' }, [], undefined],
  [{ 'password-fd': 0 }, [], undefined],
  [{ generate: {} }, ['-b'], '-b and --generate'],
  [{ 'password-fd': 0 }, ['-i'], '-i and --password-fd'],
  [{ 'generate-to': 'x', 'password-file': 'y' }, [], '--generate-to and --password-file'],
  [{ generate: {}, 'generate-to': 'x', 'password-env': 'y' }, [], '--generate and --password-env'],
  [{ 'password-env': 'x', 'password-file': 'y' }, ['-b'], '-b and --password-file and --password-env'],
])('%j beside %j: %s', (values, others, named) => {
  const act = (): void => rejectSeveral({ ...nothing, ...values }, others)
  if (named === undefined) act()
  else
    expect(act).toThrow(
      expect.objectContaining({
        code: 'ERR_USAGE',
        message: `the password can come from one source only, got ${named}`,
      }),
    )
})
