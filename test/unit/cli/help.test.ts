import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { help } from '../../../src/cli/help.ts'
import { recordedIo } from '../../support/recorded-io.ts'

test('--help goes to standard output, with every option and examples', async () => {
  const io = recordedIo()
  expect(await help(['--help'], io)).toBe(0)
  expect(io.said.err).toBe('')
  for (const part of [
    '--generate ',
    '--password-fd ',
    '-c ',
    '-n ',
    '-C ',
    '-v ',
    'serve',
    'htpasswd -c mlflow-authfile admin',
  ])
    expect(io.said.out).toContain(part)
})

test('--version is the package’s', async () => {
  const io = recordedIo()
  expect(await help(['--version'], io)).toBe(0)
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(io.said).toEqual({ out: `${version}\n`, err: '' })
})
