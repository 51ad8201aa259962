// --init: the missing file with its first user, by a password that is given, typed, or generated and shown once.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeFirstUser } from '../../../../../../src/cli/commands/serve/login/first-user.ts'
import { parseServe } from '../../../../../../src/cli/commands/serve/request.ts'
import type { Io } from '../../../../../../src/cli/terminal/io.ts'
import { verifyPassword } from '../../../../../../src/hash/hash-password.ts'

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
    out: () => {
      throw new Error('standard output has the access log')
    },
    canDeliver: () => true,
    deliver: (_fd: 1 | 2, text: string | Buffer) => {
      said += text
    },
    err: (text: string) => {
      said += text
    },
    openTerminal: () => (typed === undefined ? undefined : terminal),
    platform: 'linux',
    env: {},
  } as unknown as Io
  return { io, said: () => said, closed: () => closed }
}

const valuesOf = (...words: string[]) => parseServe(['--demo', '--init', ...words], {}).values
/** Without one of the options. */
const asked = valuesOf()

const hashIn = (file: string): string => readFileSync(file, 'utf8').trim().split(':')[1] ?? ''

test('without a terminal the password is random, works and is shown once', async () => {
  const file = join(folder, 'random')
  const { io, said } = ioWith()
  await makeFirstUser(file, asked, io)
  const password = /shown this once: (\w{20})\n/.exec(said())?.[1] ?? ''
  expect(await verifyPassword(password, hashIn(file))).toBe(true)
  expect(hashIn(file)).toMatch(/^\$2y\$12\$/)
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0)
})

test('at a terminal it is asked for twice and not shown', async () => {
  const file = join(folder, 'typed')
  const { io, said, closed } = ioWith('correct horse\rcorrect horse\r')
  await makeFirstUser(file, asked, io)
  expect(await verifyPassword('correct horse', hashIn(file))).toBe(true)
  expect(said()).not.toContain('correct horse')
  expect(closed()).toBe(true)
})

test.each([['Ctrl-C', '\u0003', 'no password was given']])(
  '%s makes no file',
  async (name, typed, message) => {
    const file = join(folder, name)
    await expect(makeFirstUser(file, asked, ioWith(typed).io)).rejects.toThrow(message)
    expect(existsSync(file)).toBe(false)
  },
)

test('two different entries are asked for again, and a short password gets a note', async () => {
  const file = join(folder, 'asked-again')
  const { io, said } = ioWith('one\rtwo\rtwo\rtwo\r')
  await makeFirstUser(file, asked, io)
  expect(await verifyPassword('two', hashIn(file))).toBe(true)
  expect(said()).toContain('The two passwords differ; try again.\n')
  expect(said()).toContain('Note: the password has fewer than 8 characters')
})

test('a file that is there is left alone', async () => {
  const file = join(folder, 'there')
  writeFileSync(file, '')
  const { io, said } = ioWith()
  await makeFirstUser(file, asked, io)
  expect([readFileSync(file, 'utf8'), said()]).toEqual(['', ''])
})

test('--generate asks nobody, also at a terminal, and shows it once', async () => {
  const file = join(folder, 'generated')
  const { io, said, closed } = ioWith('typed\rtyped\r')
  await makeFirstUser(file, valuesOf('--generate', 'words'), io)
  const password = /shown this once: ([a-z]+(?:-[a-z]+){5})\n/.exec(said())?.[1] ?? ''
  expect(await verifyPassword(password, hashIn(file))).toBe(true)
  expect(said().split(password)).toHaveLength(2)
  expect(closed()).toBe(false)
})

test('--generate-to writes it to a file and shows it nowhere', async () => {
  const [file, made] = [join(folder, 'with-made'), join(folder, 'made')]
  const { io, said } = ioWith()
  await makeFirstUser(file, valuesOf('--generate-to', made), io)
  expect(said()).toBe(`Created ${file} with the user admin.\n`)
  expect(await verifyPassword(readFileSync(made, 'utf8').trimEnd(), hashIn(file))).toBe(true)
  const again = makeFirstUser(join(folder, 'again'), valuesOf('--generate-to', made), io)
  await expect(again).rejects.toThrow('which exists')
  expect(existsSync(join(folder, 'again'))).toBe(false)
})

test('--password-file and --password-env ask nobody, and nothing shows the password', async () => {
  writeFileSync(join(folder, 'secret'), 'correct horse\n')
  for (const words of [
    ['--password-file', join(folder, 'secret')],
    ['--password-env', 'LAB_PW'],
  ]) {
    const file = join(folder, words[0] ?? '')
    const { io, said, closed } = ioWith('typed\rtyped\r')
    await makeFirstUser(file, valuesOf(...words), { ...io, env: { LAB_PW: 'correct horse' } })
    expect(await verifyPassword('correct horse', hashIn(file))).toBe(true)
    expect([said(), closed()]).toEqual([`Created ${file} with the user admin.\n`, false])
  }
})

test('an option that gives no password makes no file', async () => {
  const file = join(folder, 'service-account')
  await expect(
    makeFirstUser(file, valuesOf('--password-env', 'LAB_PW'), ioWith('x\rx\r').io),
  ).rejects.toThrow('--password-env NAME expected a password in the variable LAB_PW, got none')
  expect(existsSync(file)).toBe(false)
})
