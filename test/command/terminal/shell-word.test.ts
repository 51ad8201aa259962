// A name in a command that a message advises to type is one word for the shell, and runs nothing.
import { expect, test } from 'vitest'
import { shellWord } from '../../../src/cli/terminal/output.ts'
import { findProgram } from '../../support/outside-program.ts'
import { run } from '../../support/run.ts'

const hostile = [
  'my files/pass words',
  'a(b)',
  'a&b',
  "it's",
  '$(echo ran)',
  '`echo ran`',
  'a;echo ran',
  '"a"|b>c<d',
  "\\';echo ran;'",
  'ends in a backslash\\',
  '*',
  '~root',
  '=ls',
  '!!',
  '#a',
  '{a,b}',
  'a b  c',
]

test.each(['mlflow-authfile', '/etc/pass_words.txt', 'Schlüssel'])('%s stays as it is', word => {
  expect(shellWord(word)).toBe(word)
})

const posixShells = ['sh', 'bash', 'zsh', 'fish'].map(name => [name, findProgram(name)] as const)

for (const [name, shell] of posixShells) {
  test.skipIf(process.platform === 'win32' || shell === undefined)(
    `${name} takes each as one word`,
    async () => {
      const typed = `printf '%s\\0' ${hostile.map(word => shellWord(word)).join(' ')}`
      const { stdout } = await run(shell as string, ['-c', typed])
      expect(stdout.split('\0').slice(0, -1)).toEqual(hostile)
    },
  )
}

test.runIf(process.platform === 'win32').each(['my files\\pass words', 'a(b)', 'a&b', "it's"])(
  '%s is one word for cmd',
  async word => {
    const { stdout } = await run('cmd', ['/d', '/c', `echo ${shellWord(word)}`])
    expect(stdout.trim().replaceAll('"', '')).toBe(word)
  },
)

test('a file name that begins with a hyphen is not an option', () => {
  expect(shellWord('-R')).toBe('./-R')
  expect(shellWord('-R', 'USER')).toBe('-R')
})

test.each(['a\nb', 'a\x1b[2J', 'a\u202eb', 'st\udcffray'])('%j is left to the reader', word => {
  expect(shellWord(word)).toBe('FILE')
  expect(shellWord(word, 'USER')).toBe('USER')
})
