// The user list of the guard: at once with every good change, and the last good one through every bad state of the file.
import * as fs from 'node:fs'
import { mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { ServeUsers } from '../../../src/cli/commands/serve/users.ts'

vi.mock('node:fs', async importOriginal => {
  const original = await importOriginal<typeof fs>()
  return { ...original, readFileSync: vi.fn(original.readFileSync) }
})

const ANN = '$apr1$lZL6V/ci$eIMz/iKDkbtys/uU7LEK00'
const BOB = '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g='
const folder = mkdtempSync(join(tmpdir(), 'serve-users-'))
afterAll(() => rmSync(folder, { recursive: true }))

let path: string
let said: string[]
let count = 0
beforeEach(() => {
  path = join(folder, `users-${count++}`)
  said = []
})
/** Resolves in the next turn of the event loop, where the next request would be. */
const write = async (text: string | Buffer): Promise<void> => {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
  await turn()
}
const open = (text: string): ServeUsers => {
  writeFileSync(path, text)
  return new ServeUsers({ path, say: line => said.push(line) })
}

test('a change counts at the next look-up: added, removed, changed', async () => {
  const users = open(`ann:${ANN}\n`)
  expect(users.get('ann')).toBe(ANN)
  await write(`ann:${BOB}\nbob:${BOB}\n`)
  expect([users.get('ann'), users.get('bob')]).toEqual([BOB, BOB])
  await write(`bob:${BOB}\n`)
  expect([users.get('ann'), users.get('bob')]).toEqual([undefined, BOB])
  expect([...users.users()]).toEqual(['bob'])
  expect(said).toEqual([`${path} was read again: 2 users`, `${path} was read again: 1 user`])
})

test.each([
  ['emptied', '', 'has no users'],
  ['only comments', '# nothing\n', 'has no users'],
  ['no usable hash', 'ann:plain\nbob:!\n', 'has no user who can log in'],
  ['cut within a record', `bob:${BOB}\nann:${ANN.slice(0, 20)}`, 'ends within the record of a user'],
  ['UTF-16', Buffer.from(`\uFEFFann:${ANN}\n`, 'utf16le'), 'UTF-16'],
])('a file that is %s keeps the last good list and says so, once', async (_, content, message) => {
  const users = open(`bob:${BOB}\nann:${ANN}\n`)
  await write(content)
  expect([users.get('ann'), users.get('bob')]).toEqual([ANN, BOB])
  users.reload()
  expect(said).toHaveLength(1)
  expect(said[0]).toContain(message)
  expect(said[0]).toContain('the last good list of 2 users stays in force')
  expect(said.join()).not.toContain(ANN.slice(6, 20))
})

test('a file that is away for a moment keeps the list; when it is back, it counts', async () => {
  const users = open(`ann:${ANN}\n`)
  unlinkSync(path)
  await turn()
  expect(users.get('ann')).toBe(ANN)
  await write(`bob:${BOB}\n`)
  expect([users.get('ann'), users.get('bob')]).toEqual([undefined, BOB])
  expect(said[0]).toContain('is missing')
})

test('a file that could not be read is tried again, though nothing of it has changed', async () => {
  const users = open(`ann:${ANN}\n`)
  await write(`bob:${BOB}\n`)
  vi.mocked(fs.readFileSync).mockImplementationOnce(() => {
    throw new Error('EBUSY: resource busy or locked')
  })
  expect(users.get('bob')).toBeUndefined()
  await turn()
  expect(users.get('bob')).toBe(BOB)
  expect(said).toEqual([expect.stringContaining('EBUSY'), `${path} was read again: 1 user`])
})

test.each([
  ['empty', '', /has no users; set a password with: htpasswd/],
  ['all broken', 'ann:plain\n', /has no user who can log in/],
])('%s: the guard does not start', (_, text, message) => {
  expect(() => open(text)).toThrow(message)
})

test('missing: the guard does not start and says two ways to a file', () => {
  expect(() => new ServeUsers({ path, say: () => {} })).toThrow(
    /found none; make it with: htpasswd .* NAME \(or start with --init\)/,
  )
})

test('a folder in the place of the file is an error, not a crash later', () => {
  expect(() => new ServeUsers({ path: folder, say: () => {} })).toThrow(/expected a readable password file/)
})
