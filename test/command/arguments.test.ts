import { describe, expect, test } from 'vitest'
import type { ByteString } from '../../src/bytes.ts'
import { exactArguments } from '../../src/cli/arguments.ts'
import { bytesOf, readFolder, runBin, runShell, withFolder } from '../support/run.ts'
import { sha } from './cases.ts'

describe('words as Node decoded them', () => {
  test.each([
    ['none', []],
    ['ASCII', ['-nb', 'user', 'secret']],
    ['UTF-8', ['-nb', 'jürgen', 'пароль', '😀']],
    ['empty words', ['', '']],
  ])('%s stay, and the command line is not read', (_name, argv) => {
    const words = exactArguments(argv, () => {
      throw new Error('read')
    })
    expect(words).toEqual(argv)
    expect(words).not.toBe(argv)
  })
})

describe('words that are no UTF-8', () => {
  test.each([
    ['one byte', ['node', 'bin', '-nb', 'u', 'p\xff'], ['-nb', 'u', 'p\udcff']],
    ['among UTF-8', ['node', 'bin', 'f', 'J\xc3\xbc', '\xe9\xe8'], ['f', 'Jü', '\udce9\udce8']],
    ['behind options of Node', ['node', '--title=x', 'bin', '\xfe'], ['\udcfe']],
    ['a real U+FFFD', ['node', 'bin', '\xef\xbf\xbd'], ['\ufffd']],
  ])('%s: a byte becomes a lone surrogate', (_name, line, expected) => {
    const decoded = expected.map(word => word.replace(/[\udc80-\udcff]/g, '\ufffd'))
    expect(exactArguments(decoded, () => line as ByteString[])).toEqual(expected)
  })

  test('are refused where the system does not hand them out', () => {
    expect(() => exactArguments(['\ufffd'], () => undefined)).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringContaining('UTF-8') }),
    )
  })

  test.runIf(process.platform === 'linux')('reach the record as they were typed', async () => {
    const run = await runShell(`"$NODE" "$BIN" -nbp "$(printf 'j\\374rgen')" "$(printf '\\377p\\344ss')"`)
    expect(run).toMatchObject({ status: 0, stdout: 'j\xfcrgen:\xffp\xe4ss\n\n' })
  })

  test.runIf(process.platform === 'darwin')('end the command with status 2 elsewhere', async () => {
    const run = await runShell(`"$NODE" "$BIN" -nbp u "$(printf '\\377')"`)
    expect(run).toMatchObject({ status: 2, stdout: '' })
  })
})

test('a password in UTF-8 reaches the record', async () => {
  expect((await runBin(['-nbs', 'jürgen', 'пароль'])).stdout).toBe(
    `${bytesOf('jürgen')}:${sha(bytesOf('пароль'))}\n\n`,
  )
})

test.skipIf(process.platform !== 'linux')(
  'a path that is not UTF-8 is refused by every command, and none is created',
  () =>
    withFolder({ secret: 'pw' }, async cwd => {
      for (const command of [
        '-cbs "$path" bob pw',
        '-vb "$path" bob pw',
        '-cs --password-file "$path" f bob',
        '-cs --generate-to "$path" f bob',
        'list "$path"',
        'check "$path"',
        'fix "$path" --yes',
        'import "$path" secret',
        'import f "$path"',
        'serve "$path" --demo',
        'serve f --tls-key "$path" --tls-cert f --demo',
        'service install "$path" --demo --print',
      ]) {
        const line = `path=$(printf 'b\\344r'); "$NODE" "$BIN" ${command}`
        const { status, stderr } = await runShell(line, { cwd })
        expect({ command, status, stderr }).toEqual({
          command,
          status: 1,
          stderr: expect.stringMatching(/the path b\\xe4r is not valid UTF-8/),
        })
      }
      expect(Object.keys(readFolder(cwd))).toEqual(['secret'])
      const folder = 'mkdir "$(printf \'stra\\337e\')"; cd stra*; "$NODE" "$BIN" -cbs users bob pw; ls'
      expect(await runShell(folder, { cwd })).toMatchObject({
        stdout: '',
        stderr: expect.stringMatching(/current folder is not valid UTF-8/),
      })
    }),
)
