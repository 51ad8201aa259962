import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { recordedIo } from '../support/recorded-io.ts'
import { maskSalts, readFolder, runBin, withFolder, withoutPrivateNote } from '../support/run.ts'
import { cases, sha } from './cases.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

describe('the first word decides', () => {
  test.each([
    ['--help', ['--help'], 0, 'Usage:'],
    ['-h', ['-h'], 0, 'Usage:'],
    ['--version', ['--version'], 0, `htpasswd-kit ${version}`],
    ['-V', ['-V'], 0, `htpasswd-kit ${version}`],
    ["Apache's grammar", ['-nbs', 'u', 'p'], 0, `u:${sha('p')}`],
  ])('%s', async (_name, words, status, begin) => {
    const io = recordedIo()
    expect(await main(words, io)).toBe(status)
    expect(io.said.out.startsWith(begin)).toBe(true)
    expect(io.said.err).toBe('')
  })

  test('--help further on is a word like any other', async () => {
    const io = recordedIo()
    expect(await main(['-nbs', 'u', '--help'], io)).toBe(0)
    expect(io.said.out).toBe(`u:${sha('--help')}\n\n`)
  })
})

describe('the built command', () => {
  const here = cases.filter(({ posix }) => !posix || process.platform !== 'win32')

  test.concurrent.each(here)('$rule', async ({ args, stdin, files = {}, status, stdout, stderr, after }) => {
    await withFolder(files, async cwd => {
      const run = await runBin(args, { cwd, stdin: Buffer.from(stdin ?? '', 'latin1') })
      expect(withoutPrivateNote(run.stderr)).toEqual(
        stderr instanceof RegExp ? expect.stringMatching(stderr) : (stderr ?? ''),
      )
      expect(maskSalts(run.stdout)).toBe(stdout ?? '')
      expect(run.status).toBe(status)
      const found = Object.entries(readFolder(cwd)).map(([name, text]) => [name, maskSalts(text)])
      expect(Object.fromEntries(found)).toEqual(after ?? files)
    })
  })
})
