// Our long options among Apache's letters: where they may stand, what they take, and what does not go together.
import { describe, expect, test } from 'vitest'
import { parseClassic, usage } from '../../../src/cli/apache/grammar.ts'
import { CollectedOptions } from '../../../src/cli/apache/long-options.ts'
import { runBin, runShell, withFolder, withoutPrivateNote } from '../../support/run.ts'

const parse = (line: string, long = new CollectedOptions()) => parseClassic(line.split(' '), long)

test.each([
  ['--generate f u', { generate: { length: 20 } }, {}],
  ['--generate 24 f u', { generate: { length: 24 } }, {}],
  ['--generate words f u', { generate: { words: 6 } }, {}],
  ['--generate=24 f u', { generate: { length: 24 } }, {}],
  ['--generate=words -cB f u', { generate: { words: 6 } }, { mode: 'create', format: 'bcrypt' }],
  ['-cB --generate words f u', { generate: { words: 6 } }, { mode: 'create' }],
  ['--generate -B f u', { generate: { length: 20 } }, { format: 'bcrypt' }],
  ['--generate=24 --generate f u', { generate: { length: 20 } }, {}],
  // a file of that name: there is no word too many
  ['--generate 24 u', { generate: { length: 20 } }, { file: '24' }],
  ['--generate -- 24 u', { generate: { length: 20 } }, { file: '24' }],
  ['-n --generate u', { generate: { length: 20 } }, { mode: 'print', user: 'u' }],
  ['-n --generate 24 u', { generate: { length: 24 } }, { mode: 'print', user: 'u' }],
  ['--generate-to out f u', { 'generate-to': 'out' }, {}],
  ['--generate-to out --generate 30 f u', { 'generate-to': 'out', generate: { length: 30 } }, {}],
  ['--password-file secret f u', { 'password-file': 'secret' }, {}],
  ['--password-file -c f u', { 'password-file': '-c' }, { mode: 'update' }],
  ['--password-file=a=b f u', { 'password-file': 'a=b' }, {}],
  ['-BC 12 --password-env PW -c f u', { 'password-env': 'PW' }, { mode: 'create', work: 12 }],
  ['--password-fd 3 -- f u', { 'password-fd': 3 }, {}],
  ['-v --password-fd=0 f u', { 'password-fd': 0 }, { mode: 'verify' }],
])('htpasswd %s', (line, given, more) => {
  const long = new CollectedOptions()
  const command = parse(line, long)
  const defined = Object.entries(long.values()).filter(([, value]) => value !== undefined)
  expect(Object.fromEntries(defined)).toEqual(given)
  expect(command).toMatchObject({ file: command.mode === 'print' ? undefined : 'f', ...more, user: 'u' })
})

test('without one of them all is as it was, also where a word looks like one', () => {
  for (const line of ['-b f u --generate', '-nb -- --generate p', '-D f u'])
    expect(parse(line)).toEqual(parseClassic(line.split(' ')))
})

const full = usage()
test.each([
  ['--pasword-file x f u', `unknown option --pasword-file; did you mean --password-file?\n${full}`],
  ['--generat f u', `unknown option --generat; did you mean --generate?\n${full}`],
  ['--create f u', `unknown option --create; see htpasswd --help\n${full}`],
  ['-B --help', `unknown option --help; see htpasswd --help\n${full}`],
  // it may be the password
  ['--passwd=wonderland f u', `unknown option --passwd; see htpasswd --help\n${full}`],
  ['--constructor f u', `unknown option --constructor; see htpasswd --help\n${full}`],
  ['--generate 24 -B f u', `write --generate=LENGTH|words if other options follow\n${full}`],
  ['--password-file', `--password-file needs FILE\n${full}`],
])('htpasswd %s is a mistake', (line, text) => {
  expect(() => parse(line)).toThrow(expect.objectContaining({ exitStatus: 2, text: `htpasswd: ${text}` }))
})

const several = 'the password can come from one source only, got'
test.each([
  ['-b --generate f u p', `${several} -b and --generate`],
  ['-i --password-file x f u', `${several} -i and --password-file`],
  ['--password-fd 3 --password-env X f u', `${several} --password-env and --password-fd`],
  ['-v --generate f u', '-v checks a password and generates none, got --generate; leave it out'],
  ['-v --generate-to x f u', '-v checks a password and generates none, got --generate-to; leave it out'],
  ['-D --generate f u', '-D needs no password, got --generate; leave it out'],
  ['-D --password-file x f u', '-D needs no password, got --password-file; leave it out'],
  ['-bD --password-env x f u p', '-D needs no password, got --password-env; leave it out'],
  ['-cv --generate f u', 'only one of -c -n -v -D may be specified'],
  ['--generate users f u', '--generate expected "words" or a number of characters from 8 to 72, got "users"'],
  ['--generate=7 f u', '--generate expected "words" or a number of characters from 8 to 72, got "7"'],
  ['--password-fd x f u', '--password-fd expected a whole number from 0 to 999999, got "x"'],
  // Apache's usage text alone: a word is missing, or too many
  ['--generate f', ''],
  ['--generate 24 f u p', ''],
  ['--password-env X f u p', ''],
])('htpasswd %s is refused', (line, message) => {
  expect(() => parse(line)).toThrow(expect.objectContaining({ message, exitStatus: 2 }))
})

describe('the built command', () => {
  const said = ({ stderr, ...run }: Awaited<ReturnType<typeof runBin>>) => ({
    ...run,
    stderr: withoutPrivateNote(stderr),
  })
  const adding = { status: 0, stdout: '', stderr: 'Adding password for user bob\n' }
  const correct = { status: 0, stdout: '', stderr: 'Password for user bob correct.\n' }

  test('a password out of a file and a variable', async () => {
    await withFolder({ secret: 'correct horse\r\n' }, async cwd => {
      const env = { LAB_PW: 'correct horse' }
      expect(said(await runBin(['-c', '--password-file', 'secret', 'f', 'bob'], { cwd }))).toEqual(adding)
      expect(await runBin(['-v', '--password-env=LAB_PW', 'f', 'bob'], { cwd, env })).toEqual(correct)
      expect(await runBin(['-v', '--password-env=LAB_PW', 'f', 'bob'], { cwd })).toMatchObject({ status: 4 })
    })
  })

  test.skipIf(process.platform === 'win32')(
    'a password on a descriptor',
    async () => {
      await withFolder({ secret: 'correct horse\n' }, async cwd => {
        const create = '"$NODE" "$BIN" -c --password-fd 3 f bob 3<secret'
        expect(await runShell(create, { cwd })).toEqual(adding)
        const verify = 'cat secret | "$NODE" "$BIN" -v --password-fd 4 f bob 4<&0 </dev/null'
        expect(await runShell(verify, { cwd })).toEqual(correct)
        // whatever Node has there for itself
        for (const fd of [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]) {
          const { status, stderr } = await runBin(['-v', '--password-fd', String(fd), 'f', 'bob'], { cwd })
          expect(status, stderr).not.toBe(0)
        }
      })
    },
    60_000,
  )

  test('a made-up one is one line of standard output, and is the password', async () => {
    await withFolder({}, async cwd => {
      const made = await runBin(['-cB', '--generate', 'words', 'f', 'bob'], { cwd })
      expect(said(made)).toEqual({ ...adding, stdout: expect.stringMatching(/^[a-z]+(-[a-z]+){5}\n$/) })
      expect(await runBin(['-vi', 'f', 'bob'], { cwd, stdin: made.stdout })).toEqual(correct)
    })
  })

  test('or a new file, and then nothing shows it', async () => {
    await withFolder({}, async cwd => {
      expect(said(await runBin(['-c', '--generate-to', 'made', 'f', 'bob'], { cwd }))).toEqual(adding)
      expect(await runBin(['-v', '--password-file', 'made', 'f', 'bob'], { cwd })).toEqual(correct)
    })
  })
})
