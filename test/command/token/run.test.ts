// `htpasswd token`: the output and the changes of each action, and its errors.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isToken, tokenId } from '../../../src/auth/tokens/token.ts'
import { token } from '../../../src/cli/commands/token/run.ts'
import { readTokens } from '../../../src/store/token-file.ts'
import { recordedIo } from '../../support/recorded-io.ts'
import { scratch } from '../../support/scratch.ts'

const place = scratch()
const NOW = Date.UTC(2026, 10, 28, 12)
const DAY = 86_400_000

async function run(args: readonly string[], now = NOW, env: NodeJS.ProcessEnv = {}) {
  const io = recordedIo({ env })
  const status = await token(args, io, () => now)
  return { status, ...io.said }
}

const tokensFile = (): string => `${place.file}.tokens`
const stored = async () => [...(await readTokens(tokensFile())).tokens()]
/** Makes a token of a user and returns it. */
const add = async (user: string, ...options: string[]): Promise<string> =>
  (await run(['add', place.file, user, '--name', 'ci', ...options])).out.trim()

const users = (): void => writeFileSync(place.file, 'ann:h1\nci:*\nlocked:!h\n')

test('add prints the token once, on standard output alone', async () => {
  users()
  const { status, out, err } = await run(['add', place.file, 'ann', '--name', 'nightly job'])
  expect(status).toBe(0)
  const made = out.trimEnd()
  expect(isToken(made)).toBe(true)
  expect(out).toBe(`${made}\n`)
  expect(err).toBe(
    `Added the token ${tokenId(made)} of ann (nightly job, scope all). It expires on 2027-02-26; it is shown only now.\n`,
  )
  expect(readFileSync(tokensFile(), 'utf8')).not.toContain(made.slice(12))
  expect(await stored()).toMatchObject([
    { user: 'ann', name: 'nightly job', scope: 'all', created: NOW / 1000, expires: (NOW + 90 * DAY) / 1000 },
  ])
})

test('add with a lifetime, a scope and another token file; JSON', async () => {
  users()
  const other = place.path('other')
  const args = ['add', place.file, 'ci', '--name', 'x', '--days', 'never', '--scope', 'read']
  const { out } = await run([...args, '--tokens', other, '--json'])
  const made = JSON.parse(out) as { token: string; id: string }
  expect(made).toEqual({
    file: place.file,
    id: tokenId(made.token),
    token: made.token,
    user: 'ci',
    name: 'x',
    scope: 'read',
    expires: null,
  })
  expect([...(await readTokens(other)).tokens()]).toMatchObject([{ expires: undefined, scope: 'read' }])
  expect(place.names()).toEqual(['f', 'other'])
})

test('FILE may be omitted', async () => {
  users()
  const env = { HTPASSWD_FILE: place.file }
  const made = (await run(['add', 'ann', '--name', 'ci'], NOW, env)).out.trim()
  expect((await run(['list'], NOW, env)).out).toContain(tokenId(made))
  expect(await run(['revoke', tokenId(made)], NOW, env)).toMatchObject({ status: 0 })
  expect(await stored()).toEqual([])
})

test.each<[string, string[], number, RegExp]>([
  ['no name', ['add', 'FILE', 'ann'], 2, /such as --name ci/],
  ['an empty name', ['add', 'FILE', 'ann', '--name', ''], 2, /1 to 100 characters/],
  [
    'no days',
    ['add', 'FILE', 'ann', '--name', 'x', '--days', '0'],
    2,
    /--days expected .* days from 1 to 3650, or never/,
  ],
  [
    'another scope',
    ['add', 'FILE', 'ann', '--name', 'x', '--scope', 'write'],
    2,
    /expected one of all, read/,
  ],
  ['an unknown user', ['add', 'FILE', 'bob', '--name', 'x'], 6, /expected a user of .*, got "bob"/],
  ['a locked user', ['add', 'FILE', 'locked', '--name', 'x'], 7, /locked is locked/],
  ['an unknown id', ['revoke', 'FILE', 'AAAAAAAA'], 6, /has no token AAAAAAAA; nothing was changed/],
  ['no id', ['revoke', 'FILE', 'x'], 2, /8 letters or digits/],
  ['a user without tokens', ['revoke', 'FILE', '--user', 'ann'], 6, /ann has no token/],
  [
    'an option of another action',
    ['list', 'FILE', '--name', 'x'],
    2,
    /takes only --user, --tokens and --json/,
  ],
  ['an unknown action', ['ad', 'FILE'], 2, /did you mean add\?/],
  ['a missing file', ['list', 'MISSING'], 1, /MISSING/],
])('refused: %s', async (_name, args, status, message) => {
  users()
  const words = args.map(word =>
    word === 'FILE' ? place.file : word === 'MISSING' ? place.path(word) : word,
  )
  expect(await run(words)).toEqual({ status, out: '', err: expect.stringMatching(message) })
  expect(place.names()).toEqual(['f'])
})

test('add makes nothing if nobody can see the token', async () => {
  users()
  const io = { ...recordedIo(), canDeliver: () => false }
  expect(await token(['add', place.file, 'ann', '--name', 'x'], io)).toBe(1)
  expect(io.said.err).toMatch(/closed or the null device; nothing was changed/)
  expect(place.names()).toEqual(['f'])
})

test('list shows owner, name, days, last use and what keeps a token from working', async () => {
  users()
  const made = [await add('ann', '--days', '1'), await add('ci', '--scope', 'read'), await add('ann')]
  const [first, second, third] = made.map(tokenId)
  writeFileSync(`${tokensFile()}.used`, `${second}:2026-11-27\n`)
  const later = NOW + DAY
  writeFileSync(place.file, 'ann:h2\nci:*\n')
  const { out } = await run(['list', place.file], later)
  expect(out.split('\n')).toEqual([
    'ID        USER  NAME  SCOPE  CREATED     EXPIRES     LAST USED   STATE',
    `${first}  ann   ci    all    2026-11-28  2026-11-29  -           expired`,
    `${second}  ci    ci    read   2026-11-28  2027-02-26  2026-11-27  valid`,
    `${third}  ann   ci    all    2026-11-28  2027-02-26  -           record changed`,
    '3 tokens',
    '',
  ])
  const { tokens } = JSON.parse((await run(['list', place.file, '--user', 'ci', '--json'], later)).out)
  expect(tokens).toEqual([
    {
      id: second,
      user: 'ci',
      name: 'ci',
      scope: 'read',
      created: '2026-11-28T12:00:00.000Z',
      expires: '2027-02-26T12:00:00.000Z',
      lastUsed: '2026-11-27',
      state: 'valid',
    },
  ])
  writeFileSync(place.file, 'ci:*\n')
  expect((await run(['list', place.file])).out).toMatch(/ann .* no owner/)
  for (const text of made) expect(out).not.toContain(text)
})

test('list names damaged lines', async () => {
  users()
  await add('ann')
  writeFileSync(tokensFile(), `${readFileSync(tokensFile())}damaged\n`)
  const { out, err } = await run(['list', place.file, '--json'])
  expect(JSON.parse(out).damaged).toEqual([
    { line: 2, message: expect.stringContaining('expected 8 fields') },
  ])
  expect(err).toMatch(/f\.tokens line 2: expected 8 fields, .*; it is refused\n$/)
})

test('revoke takes ids and whole tokens, which it does not repeat', async () => {
  users()
  const [first, second, third] = [await add('ann'), await add('ann'), await add('ci')]
  const revoked = await run(['revoke', place.file, tokenId(first), second])
  expect(revoked).toEqual({
    status: 0,
    out: '',
    err: `Revoked ${tokenId(first)} of ann, ${tokenId(second)} of ann.\n`,
  })
  expect((await stored()).map(({ id }) => id)).toEqual([tokenId(third)])
})

test('revoke all of a user, or those that have expired', async () => {
  users()
  await add('ann')
  const ofCi = await add('ci', '--days', '1')
  expect(JSON.parse((await run(['revoke', place.file, '--user', 'ann', '--json'])).out).revoked).toHaveLength(
    1,
  )
  expect((await run(['revoke', place.file, '--expired'])).err).toBe('No token has expired.\n')
  expect((await run(['revoke', place.file, '--expired'], NOW + DAY)).err).toBe(
    `Revoked ${tokenId(ofCi)} of ci.\n`,
  )
  expect(await stored()).toEqual([])
})

test('rebind keeps the tokens of a user whose password another program changed', async () => {
  users()
  await add('ann')
  writeFileSync(place.file, 'ann:h2\n')
  expect(await run(['rebind', place.file, 'ann'])).toEqual({
    status: 0,
    out: '',
    err: 'ann: 1 token bound to the record as it is now.\n',
  })
  expect((await run(['list', place.file])).out).toContain('valid')
})

test('a token file that is a folder is an error', async () => {
  users()
  mkdirSync(tokensFile())
  expect(await run(['add', place.file, 'ann', '--name', 'x'])).toMatchObject({ status: 1, out: '' })
})
