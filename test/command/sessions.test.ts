// `htpasswd sessions end`: notes the end beside the password file, for users who are there.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sessions } from '../../src/cli/commands/sessions.ts'
import { recordedIo } from '../support/recorded-io.ts'
import { scratch } from '../support/scratch.ts'

const temporary = scratch()

async function run(...argv: string[]) {
  writeFileSync(temporary.file, 'alice:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n')
  const io = recordedIo()
  const status = await sessions(argv, io)
  return { status, ...io.said }
}

test('ends the sessions of a user', async () => {
  const { status, err } = await run('end', temporary.file, 'alice')
  expect([status, err]).toEqual([0, 'Ended all sessions of alice; the password stays.\n'])
  expect(readFileSync(`${temporary.file}.sessions`, 'utf8')).toMatch(/^alice:\d{8}T\d{6}Z-[0-9a-f]{8}\n$/)
})

test('tells a program in JSON', async () => {
  const { out } = await run('end', temporary.file, 'alice', '--json')
  expect(JSON.parse(out)).toEqual({ file: temporary.file, user: 'alice', ended: true })
})

test('a user who is not there is status 6, and nothing is written', async () => {
  const { status, err } = await run('end', temporary.file, 'bob')
  expect([status, err]).toEqual([6, expect.stringContaining('bob is not in')])
  expect(existsSync(`${temporary.file}.sessions`)).toBe(false)
})

test.each([
  [[], 'expected the action end, got nothing'],
  [['stop'], 'expected the action end, got stop'],
  [['end'], 'expected [FILE] USER, got nothing'],
])('%j is a usage error', async (argv, message) => {
  const { status, err } = await run(...argv)
  expect([status, err]).toEqual([2, expect.stringContaining(message)])
})
