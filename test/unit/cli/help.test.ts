import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commands } from '../../../src/cli/commands.ts'
import { help, versionLine } from '../../../src/cli/help.ts'
import { recordedIo } from '../../support/recorded-io.ts'

test('--help goes to standard output, with every option and examples', async () => {
  const io = recordedIo()
  expect(await help(io, commands)).toBe(0)
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

test.each([40, 80, 100, undefined])('--help fits a terminal of %s columns', async columns => {
  const io = { ...recordedIo(), columns }
  await help(io, commands)
  for (const line of io.said.out.split('\n')) {
    // Apache's synopsis is not wrapped
    if (!line.startsWith('htpasswd -')) expect(line.length).toBeLessThanOrEqual(columns ?? 80)
    expect(line).not.toMatch(/\[(boolean|string|array)\]|--\d /)
  }
})

test('--help says what to write in place of htpasswd, if the program was called in another way', async () => {
  const [usual, other] = [recordedIo(), recordedIo()]
  await help(usual, commands, 'htpasswd')
  await help(other, commands, 'npx htpasswd-kit')
  expect(usual.said.out).not.toContain('in place of')
  expect(other.said.out.replace(/\s+/g, ' ')).toContain(
    'You called it as npx htpasswd-kit: write that in place of htpasswd.',
  )
})

test('--version names the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(versionLine()).toBe(`htpasswd-kit ${version}\n`)
})
