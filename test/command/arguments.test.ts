import { describe, expect, test } from 'vitest'
import type { ByteString } from '../../src/bytes.ts'
import { exactArguments } from '../../src/cli/arguments.ts'
import { bytesOf, runBin, runShell } from '../support/run.ts'
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
