// The command that a message advises works when it is typed as it stands.
import { expect, test } from 'vitest'
import { shellWord } from '../../../src/cli/terminal/shell-word.ts'
import { run, runShell } from '../../support/run.ts'

test.each(['mlflow-authfile', '/etc/pass_words.txt', 'C:\\etc\\users', 'Schlüssel'])(
  '%s stays as it is',
  word => {
    expect(shellWord(word)).toBe(word)
  },
)

test.each(['my files/pass words', 'a(b)', 'a&b', "it's"])('%s is one word for the shell', async word => {
  const typed = `echo ${shellWord(word)}`
  const { stdout } =
    process.platform === 'win32' ? await run('cmd', ['/d', '/c', typed]) : await runShell(typed)
  expect(stdout.trim().replaceAll(process.platform === 'win32' ? '"' : '\0', '')).toBe(word)
})
