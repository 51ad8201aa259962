// The token file of a running guard: its problems, and the reports of its changes.
import { renameSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openTokensOf, reportTokens, tokenWarnings } from '../../../../src/cli/commands/serve/login/tokens.ts'
import { openUsers } from '../../../../src/cli/commands/serve/login/users.ts'
import { parseServe } from '../../../../src/cli/commands/serve/request.ts'
import { scratch } from '../../../support/scratch.ts'

const place = scratch()
const line = (id: string): string =>
  `${id}:ann:${'ab'.repeat(32)}:1764321000:never:read:0123456789abcdef:ci\n`
const replace = (path: string, text: string): void => {
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

test('the tokens are beside the password file, or in the file that is named', async () => {
  replace(place.path('f.tokens'), line('AAAAAAAA'))
  replace(place.path('other'), line('BBBBBBBB') + line('CCCCCCCC'))
  const open = (...args: string[]) => openTokensOf(parseServe([place.file, '--demo', ...args], {}))
  expect((await open()).value.size).toBe(1)
  expect((await open('--tokens', place.path('other'))).value.size).toBe(2)
  expect((await open('--tokens', place.path('none'))).value.size).toBe(0)
})

test('a file of service accounts has users who can log in', async () => {
  writeFileSync(place.file, 'ci:*\n')
  expect((await openUsers(place.file)).size).toBe(1)
})

test('damaged lines are named, and changes are reported', async () => {
  const tokens = await openTokensOf(parseServe([place.file, '--demo'], {}))
  expect(tokenWarnings(tokens)).toEqual([])
  const reports: string[] = []
  using _ = reportTokens(tokens, text => reports.push(text))
  replace(tokens.path, line('AAAAAAAA'))
  await expect.poll(() => reports, { timeout: 10_000 }).toEqual([`${tokens.path} was read again: 1 token`])
  replace(tokens.path, `${line('AAAAAAAA')}damaged\n${'x\n'.repeat(6)}`)
  await expect.poll(() => reports.length, { timeout: 10_000 }).toBe(8)
  expect(reports.slice(1, 3)).toEqual([
    `${tokens.path} was read again: 1 token`,
    expect.stringMatching(
      /^warning: .*f\.tokens line 2: expected 8 fields.*; the token of this line is refused$/,
    ),
  ])
  expect(reports[7]).toMatch(/2 damaged lines more/)
})
