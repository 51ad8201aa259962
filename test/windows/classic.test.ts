// The classic command's whole table on Windows' own Node, each row a process: the same statuses, texts and files; and the
// rows in which Windows has rules of its own.
import { expect, test } from 'vitest'
import { type CommandCase, cases, sha } from '../command/cases.ts'
import { bytesOf, maskSalts, readFolder, withFolder, withoutPrivateNote } from '../support/run.ts'
import { onWindows, runWindowsBin } from './windows.ts'

const prompts = 'New password: Re-type new password: '
const text = 'bob:text\n'
const correct = 'Password for user bob correct.\n'
const wrong = 'password verification failed\n'
const utf16 = (input: string): string => Buffer.from(`\ufeff${input}`, 'utf16le').toString('latin1')
const mark = bytesOf('\ufeff')
const typed = bytesOf('größe €')
const stored = `u:${sha(typed)}\n\n`

const windowsCases: CommandCase[] = [
  { rule: '-d makes apr1', args: ['-nbd', 'u', 'ninechars'], status: 0, stdout: 'u:{apr1}\n\n' },
  { rule: '-p warns of nothing', args: ['-nbp', 'u', 'pw'], status: 0, stdout: 'u:pw\n\n' },
  {
    rule: '-v compares text',
    args: ['-vb', 'f', 'bob', 'text'],
    files: { f: text },
    status: 0,
    stderr: correct,
  },
  { rule: '-v of other text', args: ['-vb', 'f', 'bob', 'no'], files: { f: text }, status: 3, stderr: wrong },
  {
    rule: '-v of an unknown hash is not its text',
    args: ['-vb', 'f', 'bob', '$argon2id$v=19$x'],
    files: { f: 'bob:$argon2id$v=19$x\n' },
    status: 3,
    stderr: wrong,
  },
  { rule: '-i from PowerShell 7', args: ['-nis', 'u'], stdin: `${typed}\r\n`, status: 0, stdout: stored },
  {
    rule: '-i from PowerShell 5 with $OutputEncoding UTF-8, which begins with a mark',
    args: ['-nis', 'u'],
    stdin: `${mark}${typed}\r\n`,
    status: 0,
    stdout: stored,
  },
  {
    rule: "-i from a file of PowerShell 5's >, UTF-16",
    args: ['-nis', 'u'],
    stdin: utf16('größe €\r\n'),
    status: 0,
    stdout: stored,
  },
  {
    rule: '-i of a mark alone is no password',
    args: ['-ni', 'u'],
    stdin: mark,
    status: 4,
    stderr: /nothing was changed/,
  },
  {
    rule: '-i of UTF-16 without a mark is no password',
    args: ['-ni', 'u'],
    stdin: utf16('pw\r\n').slice(2),
    status: 2,
    stderr: /NUL/,
  },
  {
    rule: 'piped answers with a mark',
    args: ['-ns', 'u'],
    stdin: `${mark}${typed}\r\n${typed}\r\n`,
    status: 0,
    stdout: stored,
    stderr: prompts,
  },
  {
    rule: 'piped answers in UTF-16',
    args: ['-ns', 'u'],
    stdin: utf16('größe €\r\ngröße €\r\n'),
    status: 0,
    stdout: stored,
    stderr: prompts,
  },
]

onWindows('on Windows', () => {
  const rows = [...cases.filter(({ posix }) => !posix), ...windowsCases]
  test.concurrent.each(rows)(
    '$rule',
    async ({ args, stdin = '', files = {}, status, stdout = '', stderr = '', after }) => {
      await withFolder(files, async cwd => {
        const run = await runWindowsBin(args, { cwd, stdin: Buffer.from(stdin, 'latin1') })
        expect({ ...run, stdout: maskSalts(run.stdout), stderr: withoutPrivateNote(run.stderr) }).toEqual({
          status,
          stdout,
          stderr: typeof stderr === 'string' ? stderr : expect.stringMatching(stderr),
        })
        const left = Object.entries(readFolder(cwd)).map(([name, content]) => [name, maskSalts(content)])
        expect(Object.fromEntries(left)).toEqual(after ?? files)
      })
    },
  )
})
