// The command that prints the scripts; what they do is held at the shells themselves.
import { expect, test } from 'vitest'
import { shells } from '../../../../../src/cli/commands/completion/options.ts'
import { completion } from '../../../../../src/cli/commands/completion/run.ts'
import { commands } from '../../../../../src/cli/commands.ts'
import { recordedIo } from '../../../../support/recorded-io.ts'

async function call(...argv: string[]) {
  const io = recordedIo()
  return { status: await completion(argv, io, commands), ...io.said }
}

test.each(shells)('%s: a script on standard output', async shell => {
  const { status, out, err } = await call(shell)
  expect({ status, err }).toEqual({ status: 0, err: '' })
  const name = shell === 'powershell' ? 'PowerShell' : shell
  expect(out).toContain(`# Completes htpasswd in ${name}.\n`)
  expect(out).not.toMatch(/undefined|\[object/)
  expect(out.endsWith('\n')).toBe(true)
})

test('capitals do not matter, as in PowerShell', async () => {
  expect((await call('PowerShell')).out).toBe((await call('powershell')).out)
})

test.each([
  [[], 'nothing'],
  [['tcsh'], 'tcsh'],
  [['bash', 'zsh'], 'bash zsh'],
])('%j is refused', async (argv, got) => {
  expect(await call(...argv)).toEqual({
    status: 2,
    out: '',
    err: `htpasswd completion: expected one of bash, zsh, fish, powershell, got ${got}\n`,
  })
})
