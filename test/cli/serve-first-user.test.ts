// --init: the missing file with its first user, by a typed password or a random one shown once.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Io } from '../../src/cli/io.ts'
import { makeFirstUser, randomPassword } from '../../src/cli/serve-first-user.ts'
import { verifyPassword } from '../../src/hash/registry.ts'

const folder = mkdtempSync(join(tmpdir(), 'first-user-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** An Io whose terminal, if any, types the given text. */
function ioWith(typed?: string): { io: Io; said: () => string; closed: () => boolean } {
  let said = ''
  let closed = typed === undefined
  const chunks = typed === undefined ? [] : [Buffer.from(typed)]
  const terminal = {
    read: async () => chunks.shift(),
    close: () => {
      closed = true
    },
  }
  const io = {
    out: () => {},
    err: (text: string) => {
      said += text
    },
    openTerminal: () => (typed === undefined ? undefined : terminal),
    platform: 'linux',
    env: {},
  } as unknown as Io
  return { io, said: () => said, closed: () => closed }
}

const hashIn = (file: string): string => readFileSync(file, 'utf8').trim().split(':')[1] ?? ''

test('without a terminal the password is random, works and is shown once', async () => {
  const file = join(folder, 'random')
  const { io, said } = ioWith()
  await makeFirstUser(file, io)
  const password = /shown this once: (\w{20})\n/.exec(said())?.[1] ?? ''
  expect(await verifyPassword(password, hashIn(file))).toBe(true)
  expect(hashIn(file)).toMatch(/^\$2y\$12\$/)
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0)
})

test('at a terminal it is asked for twice and not shown', async () => {
  const file = join(folder, 'typed')
  const { io, said, closed } = ioWith('correct horse\rcorrect horse\r')
  await makeFirstUser(file, io)
  expect(await verifyPassword('correct horse', hashIn(file))).toBe(true)
  expect(said()).not.toContain('correct horse')
  expect(closed()).toBe(true)
})

test.each([
  ['two different ones', 'one\rtwo\r', 'expected the same password twice'],
  ['an empty one', '\r\r', 'expected a password, got an empty one'],
  ['Ctrl-C', '\u0003', 'no password was given'],
])('%s makes no file', async (name, typed, message) => {
  const file = join(folder, name)
  await expect(makeFirstUser(file, ioWith(typed).io)).rejects.toThrow(message)
  expect(existsSync(file)).toBe(false)
})

test('a file that is there is left alone', async () => {
  const file = join(folder, 'there')
  writeFileSync(file, '')
  const { io, said } = ioWith()
  await makeFirstUser(file, io)
  expect([readFileSync(file, 'utf8'), said()]).toEqual(['', ''])
})

test('random passwords have no letters that look alike and do not repeat', () => {
  const many = Array.from({ length: 200 }, randomPassword)
  expect(new Set(many).size).toBe(200)
  expect(many.join('')).not.toMatch(/[0O1lI]/)
})
