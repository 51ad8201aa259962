// Apache's rules for files, users and statuses, and the places where ours is right on purpose, in process.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CollectedOptions } from '../../../src/cli/apache/long-options.ts'
import { classic } from '../../../src/cli/apache/run.ts'
import { recordedIo } from '../../support/recorded-io.ts'
import { canStandIn, pretendWindows } from '../../support/windows-tools.ts'
import { sha } from '../cases.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'classic-'))
  file = join(folder, 'f')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const P = '{SHA}UWuXg/ylF+7L0dBk2i0WUxCxl1k='
const three = 'alice:1\nbob:2\ncarol:3\n'
async function run(words: string[], given: Parameters<typeof recordedIo>[0] = {}) {
  const io = recordedIo(given)
  const argv = words.map(word => (word === 'FILE' ? file : word))
  const status = await classic(argv, io, undefined, new CollectedOptions())
  return { status, ...io.said, err: io.said.err.replaceAll(file, 'FILE') }
}
const content = (): string => readFileSync(file, 'latin1')

test.each([
  [three, '-bs FILE bob p', 0, 'Updating password for user bob\n', `alice:1\nbob:${P}\ncarol:3\n`],
  [three, '-bs FILE dave p', 0, 'Adding password for user dave\n', `${three}dave:${P}\n`],
  [three, '-D FILE bob', 0, 'Deleting password for user bob\n', 'alice:1\ncarol:3\n'],
  [three, '-D FILE zz', 0, 'User zz not found\n', three],
  [three, '-cbs FILE u p', 0, 'Adding password for user u\n', `u:${P}\n`],
  [three, '-bs FILE a:b p', 6, "htpasswd: username contains illegal character ':'\n", three],
  [three, '-D FILE a:b', 6, "htpasswd: username contains illegal character ':'\n", three],
  [three, `-bs FILE ${'x'.repeat(256)} p`, 5, 'htpasswd: username too long (> 255)\n', three],
  [three, `-bs FILE ${'x'.repeat(221)} p`, 5, 'htpasswd: resultant record too long\n', three],
  [
    three,
    '-bB -C 3 FILE u p',
    3,
    'htpasswd: Unable to encode with bcrypt: the cost expected 4 to 17, got 3\n',
    three,
  ],
  [three, '-cb5 -r 999 FILE u p', 2, 'htpasswd: argument to -r expected 1000 to 999999999, got 999\n', three],
  [
    'a:1\ntext\n',
    '-bs FILE a p',
    7,
    'htpasswd: The file FILE does not appear to be a valid htpasswd file.\n',
    'a:1\ntext\n',
  ],
  ['b:1\r\nb:2:r\r\n', '-bs FILE b p', 0, 'Updating password for user b\n', `b:${P}\r\nb:${P}:r\r\n`],
  ['a:1\na:2\n', '-D FILE a', 0, 'Deleting password for user a\n', ''],
  ['a:1', '-bs FILE b p', 0, 'Adding password for user b\n', `a:1\nb:${P}\n`],
  ['\xef\xbb\xbfa:1\n', '-bs FILE a p', 0, 'Updating password for user a\n', `\xef\xbb\xbfa:${P}\n`],
])('%j, htpasswd %s: status %i', async (before, words, status, err, after) => {
  writeFileSync(file, before, 'latin1')
  expect(await run(words.split(' '))).toEqual({ status, out: '', err })
  expect(content()).toBe(after)
})

test.each([
  ['', 'empty'],
  ['a\nroot:x', "':'"],
  ['a\nb', 'line feed'],
  ['a\tb', 'tab'],
  ['#a', 'comment'],
  [' a', 'space'],
])('the user name %j is refused and the file untouched', async (user, words) => {
  writeFileSync(file, three)
  const { status, err } = await run(['-bs', 'FILE', user, 'p'])
  expect({ status, err }).toEqual({ status: 6, err: expect.stringContaining(words) })
  expect(content()).toBe(three)
})

test.each([
  [['-bs', 'FILE', 'u', 'p'], "htpasswd: cannot modify file FILE; use '-c' to create it\n"],
  [['-vb', 'FILE', 'u', 'p'], "htpasswd: cannot modify file FILE; use '-c' to create it\n"],
  [['-D', 'FILE', 'u'], "htpasswd: cannot modify file FILE; use '-c' to create it\n"],
])('%j without the file, and with a folder in its place', async (words, err) => {
  expect(await run(words)).toEqual({ status: 1, out: '', err })
  mkdirSync(file)
  expect(await run(words)).toEqual({ status: 1, out: '', err })
  expect(await run(['-cbs', 'FILE', 'u', 'p'])).toEqual({
    status: 1,
    out: '',
    err: 'htpasswd: cannot create file FILE\n',
  })
})

test.each([
  ['-s', P, ''],
  ['-m', /^\$apr1\$.{8}\$.{22}$/, ''],
  ['-B', /^\$2y\$05\$.{53}$/, ''],
  ['-2', /^\$5\$[^$=]{16}\$.{43}$/, ''],
  ['-5', /^\$6\$[^$=]{16}\$.{86}$/, ''],
  ['-5r1000', /^\$6\$rounds=1000\$[^$]{16}\$.{86}$/, ''],
  ['-d', /^.{13}$/, ''],
  ['-p', 'p', 'Warning: storing passwords as plain text might just not work on this platform.\n'],
  ['-mC9', /^\$apr1\$/, 'Warning: Ignoring -C/-r argument for this algorithm.\n'],
])('-n %s prints the record and an empty line', async (flag, hash, err) => {
  const got = await run(['-nb', flag, 'u', 'p'])
  expect(got).toMatchObject({ status: 0, err })
  expect(got.out).toMatch(/^u:.*\n\n$/)
  expect(got.out.slice(2, -2)).toEqual(typeof hash === 'string' ? hash : expect.stringMatching(hash))
})

test('warnings of formats that look at a part of the password', async () => {
  expect((await run(['-nbd', 'u', '123456789'])).err).toBe(
    'Warning: Password truncated to 8 characters by CRYPT algorithm.\n',
  )
  expect((await run(['-nbB', 'u', 'x'.repeat(73)])).err).toMatch(/first 72 bytes/)
  expect((await run(['-nbB', 'u', 'x'.repeat(72)])).err).toBe('')
})

test('on Windows -d makes apr1 and -p warns of nothing', async () => {
  expect((await run(['-nbd', 'u', 'p'], { platform: 'win32' })).out).toMatch(/^u:\$apr1\$/)
  expect(await run(['-nbp', 'u', 'p'], { platform: 'win32' })).toEqual({ status: 0, out: 'u:p\n\n', err: '' })
})

test.skipIf(!canStandIn)(
  'on Windows it is said once that a new file is private, and how to let a server in',
  async () => {
    mkdirSync(join(folder, 'my Windows'))
    using _ = pretendWindows(join(folder, 'my Windows'))
    const platform = 'win32' as const
    const path = join(folder, 'my Windows', 'users')
    expect(await run(['-cbs', path, 'u', 'p'], { platform })).toEqual({
      status: 0,
      out: '',
      err:
        `Only you, Administrators and SYSTEM can read ${path}; let a server's account read it with: ` +
        `icacls "${path}" /grant ACCOUNT:R\nAdding password for user u\n`,
    })
    expect((await run(['-bs', path, 'u', 'q'], { platform })).err).toBe('Updating password for user u\n')
  },
)

test.each([
  [['-nip', 'u'], 'a\nb', 2, /newline/],
  [['-ni', 'u'], 'a\0b', 2, /NUL/],
  [['-ni', 'u'], '', 4, /nothing/],
])('%j with %j on standard input: status %i', async (words, input, status, message) => {
  expect(await run(words, { input })).toEqual({ status, out: '', err: expect.stringMatching(message) })
})

test('an interrupted -c leaves what was there', async () => {
  writeFileSync(file, three)
  expect(await run(['-c', 'FILE', 'u'], { typed: ['\x03'] })).toMatchObject({ status: 4 })
  expect(content()).toBe(three)
})

test('a UTF-16 file is named and untouched', async () => {
  const bytes = Buffer.from('\ufeffa:b\n', 'utf16le')
  writeFileSync(file, bytes)
  expect(await run(['-bs', 'FILE', 'a', 'p'])).toMatchObject({
    status: 7,
    err: expect.stringContaining('UTF-16'),
  })
  expect(readFileSync(file).equals(bytes)).toBe(true)
})

const made = (): string => join(folder, 'made')

test('--generate: the record, then one line of standard output with its password', async () => {
  writeFileSync(file, three)
  const { status, out, err } = await run(['-s', '--generate', 'FILE', 'bob'])
  expect({ status, err }).toEqual({ status: 0, err: 'Updating password for user bob\n' })
  expect(out).toMatch(/^\w{20}\n$/)
  expect(content()).toBe(`alice:1\nbob:${sha(out.trimEnd())}\ncarol:3\n`)
})

test('with -n standard output has the record alone', async () => {
  const { out, err } = await run(['-ns', '--generate', '24', 'bob'])
  const [, password = ''] = /^Generated password for bob: (\w{24})\n$/.exec(err) ?? []
  expect(out).toBe(`bob:${sha(password)}\n\n`)
  expect(await run(['-ns', '--generate-to', made(), 'bob'])).toMatchObject({ status: 0, err: '' })
})

test('--generate-to: nothing shows the password, and an update that fails takes it away again', async () => {
  writeFileSync(file, three)
  expect(await run(['-s', '--generate-to', made(), 'FILE', 'bob'])).toEqual({
    status: 0,
    out: '',
    err: 'Updating password for user bob\n',
  })
  expect(content()).toContain(`bob:${sha(readFileSync(made(), 'utf8').trimEnd())}\n`)
  rmSync(made())
  writeFileSync(file, 'a:1\ntext\n')
  expect(await run(['-s', '--generate-to', made(), 'FILE', 'bob'])).toMatchObject({ status: 7, out: '' })
  expect([existsSync(made()), content()]).toEqual([false, 'a:1\ntext\n'])
})

test('--generate of an update that fails shows nothing', async () => {
  writeFileSync(file, 'a:1\ntext\n')
  expect(await run(['-s', '--generate', 'FILE', 'bob'])).toMatchObject({ status: 7, out: '' })
})

test('--generate-to never touches what is there, nor the file of the users', async () => {
  writeFileSync(file, three)
  writeFileSync(made(), 'mine')
  expect(await run(['--generate-to', made(), 'FILE', 'bob'])).toMatchObject({ status: 1, out: '' })
  expect([content(), readFileSync(made(), 'utf8')]).toEqual([three, 'mine'])
  rmSync(file)
  expect(await run(['-c', '--generate-to', 'FILE', 'FILE', 'bob'])).toMatchObject({ status: 2, out: '' })
  expect(existsSync(file)).toBe(false)
})

test.each([
  [['--password-file', 'made', '-s'], 0],
  [['--password-env=LAB_PW', '-s'], 0],
  [['-v', '--password-file', 'made'], 0],
  [['-v', '--password-env', 'OTHER_PW'], 3],
  [['-v', '--password-env', 'NO_PW'], 4],
  [['--password-file', 'missing'], 1],
  [['--password-fd', '99999'], 1],
])('%j FILE bob: status %i, and no password in what is said', async (words, status) => {
  writeFileSync(file, `bob:${sha('correct horse')}\n`)
  writeFileSync(made(), 'correct horse\n')
  const env = { LAB_PW: 'correct horse', OTHER_PW: 'battery staple' }
  const paths = words.map(word => (word === 'made' ? made() : word))
  const got = await run([...paths, 'FILE', 'bob'], { env })
  expect(got).toMatchObject({ status, out: '' })
  expect(got.err).not.toMatch(/correct horse|battery staple/)
  expect(content()).toBe(`bob:${sha('correct horse')}\n`)
})
