// The command that prints the scripts, and the candidates in the form that the scripts read.
import { expect, test } from 'vitest'
import { completion, completionSpec } from '../../../../../src/cli/commands/completion/run.ts'
import { shells } from '../../../../../src/cli/commands/completion/stubs.ts'
import { serviceSpec } from '../../../../../src/cli/commands/service/options.ts'
import { commands } from '../../../../../src/cli/commands.ts'
import { recordedIo } from '../../../../support/recorded-io.ts'

/** What can follow "service", a candidate a line. */
const serviceActions = Object.entries(serviceSpec.actions)
  .map(([name, { describe }]) => `${name}\t${describe}\n`)
  .join('')

async function call(...argv: string[]) {
  const io = recordedIo()
  return { status: await completion(argv, io, commands), ...io.said }
}

test.each(shells)('%s: a script on standard output, and how to install it', async shell => {
  const { status, out, err } = await call(shell)
  expect({ status, err }).toEqual({ status: 0, err: '' })
  const name = shell === 'powershell' ? 'PowerShell' : shell
  expect(out).toContain(`# Completes htpasswd in ${name}.\n`)
  expect(out).toContain(`completion ${shell} `)
  expect(out.endsWith('\n')).toBe(true)
  expect(completionSpec.epilogue).toContain(`htpasswd completion ${shell} >`)
})

test('the name of the shell may be in capitals, as in PowerShell', async () => {
  expect((await call('PowerShell')).out).toBe((await call('powershell')).out)
})

test('a candidate a line, with its description after a tab', async () => {
  expect((await call('fish', '--', 'service', '')).out).toBe(serviceActions)
  expect((await call('zsh', '--', 'check', 'u')).out).toBe(':paths\n')
})

test.each([
  ['bash', ['service', 'un'], 'uninstall\tstop the service and remove it\n'],
  ['powershell', ['service', '=un'], 'uninstall\tstop the service and remove it\n'],
  ['powershell', ['service', '='], serviceActions],
  ['powershell', ['check', '=u'], ''],
])('%s gets only what begins as typed: %j', async (shell, argv, out) => {
  expect(await call(shell, '--', ...argv)).toEqual({ status: 0, out, err: '' })
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
