import { expect, test } from 'vitest'
import { runCommand } from '../../../../src/cli/options/run-command.ts'
import { type CommandSpec, helpOption } from '../../../../src/cli/options/table.ts'
import { HtpasswdError } from '../../../../src/errors.ts'
import { recordedIo } from '../../../support/recorded-io.ts'

const options = { help: helpOption, loud: { group: 'Test:', describe: 'says it' } }
const spec: CommandSpec<typeof options> = { name: 'greet', synopsis: ['NAME'], describe: 'Greets.', options }

test('gives the work its checked arguments and ends with its status', async () => {
  const io = recordedIo()
  const status = await runCommand(spec, ['bob', '--loud'], io, ({ positionals, values }) =>
    positionals[0] === 'bob' && values.loud ? 3 : 0,
  )
  expect({ status, ...io.said }).toEqual({ status: 3, out: '', err: '' })
})

test('--help shows the help and does nothing else', async () => {
  const io = recordedIo()
  expect(await runCommand(spec, ['--help'], io, () => 3)).toBe(0)
  expect(io.said.out).toContain('htpasswd greet NAME')
})

test('an error of ours is one line and its own status', async () => {
  const io = recordedIo()
  const fail = () => {
    throw new HtpasswdError('ERR_FILE_ACCESS', 'cannot read it')
  }
  expect(await runCommand(spec, [], io, fail)).toBe(1)
  expect(await runCommand(spec, ['--lout'], io, fail)).toBe(2)
  expect(io.said.err).toBe(
    'htpasswd greet: cannot read it\nhtpasswd greet: unknown option --lout; did you mean --loud?\n',
  )
})

test('any other error is a fault of ours and is not hidden', async () => {
  const fail = () => {
    throw new TypeError('a fault')
  }
  await expect(runCommand(spec, [], recordedIo(), fail)).rejects.toThrow('a fault')
})
