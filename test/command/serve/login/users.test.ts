// Which password files the guard starts with, and what the operator is told of later changes.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openUsers, reportChanges } from '../../../../src/cli/commands/serve/login/users.ts'
import { scratch } from '../../../support/scratch.ts'

const BOB = '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g='
const place = scratch()

test.each([
  ['empty', '', /has no users; add a user with: htpasswd add/],
  ['without a usable hash', 'ann:plain\n', /has no user who can log in/],
])('a file %s: the guard does not start', async (_, text, message) => {
  writeFileSync(place.file, text)
  await expect(openUsers(place.file)).rejects.toThrow(message)
})

test('no file: the guard does not start and names two ways to create one', async () => {
  await expect(openUsers(place.file)).rejects.toThrow(
    /there is no such file; create it with: htpasswd .* NAME \(or start with --init\)/,
  )
})

test('a folder in its place is an error at the start', async () => {
  mkdirSync(place.file)
  await expect(openUsers(place.file)).rejects.toThrow(/is a folder; name a file in it/)
})

test('changes are reported, each once', async () => {
  writeFileSync(place.file, `bob:${BOB}\n`)
  const file = await openUsers(place.file)
  const reports: string[] = []
  using changes = reportChanges(file, text => reports.push(text))
  const replace = (text: string): void => {
    writeFileSync(`${place.file}.new`, text)
    renameSync(`${place.file}.new`, place.file)
  }
  const after = async (act: () => void, text: string): Promise<void> => {
    act()
    await expect.poll(() => reports.at(-1), { timeout: 10_000 }).toBe(text)
  }
  await after(() => replace(`ann:${BOB}\nbob:${BOB}\n`), `${place.file} was read again: 2 users`)
  await after(
    () => rmSync(place.file),
    `warning: cannot read ${place.file}: there is no such file; the 2 users read last can still log in`,
  )
  await after(
    () => replace('ann:!\n'),
    `warning: ${place.file} has no user who can log in: every hash is plain text, locked, damaged or of an unknown format; nobody can log in`,
  )
  await after(() => replace('# nobody\n'), `warning: ${place.file} has no users; nobody can log in`)
  await after(() => changes.report(), `warning: ${place.file} has no users; nobody can log in`)
  expect(reports).toHaveLength(5)
})
