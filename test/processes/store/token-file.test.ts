// Tokens follow their owners' records: a new password keeps them, and removing a user removes them.
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { addToken, rebindTokens } from '../../../src/auth/tokens/manage.ts'
import { tokenId } from '../../../src/auth/tokens/token.ts'
import { recordFingerprint } from '../../../src/document/tokens.ts'
import { HtpasswdFile } from '../../../src/store/htpasswd-file.ts'
import { openTokens, readTokens, tokensPath, updateTokens } from '../../../src/store/token-file.ts'
import { isRoot, scratch } from '../../support/scratch.ts'

const place = scratch()
const NOW = Date.UTC(2026, 0, 1)

/** Adds a token and returns its id. */
async function add(user: string): Promise<string> {
  const files = { file: place.file, tokens: tokensPath(place.file) }
  return tokenId(await addToken(files, { user, name: 'ci', scope: 'all', expires: undefined }, NOW))
}

const write = (text: string): void => writeFileSync(place.file, text)
const tokens = () => readTokens(tokensPath(place.file))
/** Whether a token is bound to a record with this hash. */
const isBound = async (id: string, hash: string): Promise<boolean> =>
  (await tokens()).get(id)?.records.includes(recordFingerprint(id, hash)) === true

test('the token file is private, and has no token in it', async () => {
  write('ann:h1\n')
  const files = { file: place.file, tokens: tokensPath(place.file) }
  const token = await addToken(files, { user: 'ann', name: 'a b', scope: 'read', expires: 2e9 }, NOW)
  expect(place.names()).toEqual(['f', 'f.tokens'])
  if (process.platform !== 'win32') expect(statSync(files.tokens).mode & 0o777).toBe(0o600)
  const text = readFileSync(files.tokens, 'utf8')
  expect(text).toMatch(/^[0-9A-Za-z]{8}:ann:[0-9a-f]{64}:1767225600:2000000000:read:[0-9a-f]{16}:a%20b\n$/)
  expect(text).not.toContain(token.slice(12))
})

test.each([
  ['an unknown user', 'bob', 'ci', { code: 'ERR_USER_MISSING' }],
  ['a locked user', 'locked', 'ci', { code: 'ERR_RECORD', message: expect.stringContaining('locked') }],
  ['a user with an empty record', 'empty', 'ci', { code: 'ERR_RECORD' }],
  ['an empty name', 'ann', '', { code: 'ERR_OPTION' }],
  ['a newline in the name', 'ann', 'a\nb', { code: 'ERR_OPTION' }],
  ['a name too long', 'ann', 'x'.repeat(101), { code: 'ERR_OPTION' }],
])('no token for %s', async (_what, user, name, error) => {
  write('ann:h1\nlocked:!h\nempty:\n')
  const files = { file: place.file, tokens: tokensPath(place.file) }
  const adding = async () => addToken(files, { user, name, scope: 'all', expires: undefined }, NOW)
  await expect(adding()).rejects.toMatchObject(error)
  expect(place.names()).toEqual(['f'])
})

test('a new password keeps the tokens: bound to both records before the write', async () => {
  write('ann:h1\nbob:h1\n')
  const [ann, bob] = [await add('ann'), await add('bob')]
  await HtpasswdFile.update(place.file, document => document.set('ann', 'h2'))
  expect([await isBound(ann, 'h1'), await isBound(ann, 'h2')]).toEqual([true, true])
  expect([await isBound(bob, 'h1'), await isBound(bob, 'h2')]).toEqual([true, false])
  await HtpasswdFile.update(place.file, document => document.set('ann', 'h3'))
  expect([await isBound(ann, 'h1'), await isBound(ann, 'h2'), await isBound(ann, 'h3')]).toEqual([
    false,
    true,
    true,
  ])
})

test('remove deletes the tokens of the user, and of nobody else', async () => {
  write('ann:h1\nbob:h1\n')
  const [, bob] = [await add('ann'), await add('bob')]
  await HtpasswdFile.update(place.file, document => document.delete('ann'))
  expect([...(await tokens()).tokens()].map(({ id }) => id)).toEqual([bob])
})

test('deleted and created again by another program: the token is not that of the new record', async () => {
  write('ann:h1\n')
  const ann = await add('ann')
  write('')
  write('ann:h9\n')
  expect(await isBound(ann, 'h9')).toBe(false)
  await HtpasswdFile.update(place.file, document => document.set('ann', 'h10'))
  expect(await isBound(ann, 'h10')).toBe(false)
})

test('a file that is begun anew has new users', async () => {
  write('ann:h1\n')
  const ann = await add('ann')
  await HtpasswdFile.update(place.file, document => document.set('ann', 'h2'), { replace: true })
  expect(await isBound(ann, 'h2')).toBe(false)
})

test('a locked user: the tokens come back with the former record', async () => {
  write('ann:h1\n')
  const ann = await add('ann')
  await HtpasswdFile.update(place.file, document => document.set('ann', '!h1'))
  expect(await isBound(ann, '!h1')).toBe(false)
  await HtpasswdFile.update(place.file, document => document.set('ann', 'h1'))
  expect(await isBound(ann, 'h1')).toBe(true)
})

test('rebindTokens keeps them after another program changed the password', async () => {
  write('ann:h1\nbob:h1\n')
  const [ann, bob] = [await add('ann'), await add('bob')]
  write('ann:h2\nbob:h2\n')
  expect(await rebindTokens({ file: place.file, tokens: tokensPath(place.file) }, 'ann')).toBe(1)
  expect([await isBound(ann, 'h2'), await isBound(ann, 'h1'), await isBound(bob, 'h2')]).toEqual([
    true,
    false,
    false,
  ])
  expect(await rebindTokens({ file: place.file, tokens: tokensPath(place.file) }, 'ann')).toBe(0)
})

test('a change of other users does not write the token file', async () => {
  write('ann:h1\nbob:h1\n')
  await add('ann')
  const before = statSync(tokensPath(place.file)).mtimeMs
  await HtpasswdFile.update(place.file, document => document.set('bob', 'h2'))
  await HtpasswdFile.update(place.file, document => document.delete('bob'))
  expect(statSync(tokensPath(place.file)).mtimeMs).toBe(before)
})

test.skipIf(process.platform === 'win32')(
  'a password file is written even if its token file cannot be, with a warning',
  async () => {
    write('ann:h1\n')
    const path = tokensPath(place.file)
    await add('ann')
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    if (isRoot) {
      rmSync(path)
      // no mode keeps root out
      const { mkdirSync } = await import('node:fs')
      mkdirSync(path)
    } else chmodSync(path, 0)
    try {
      await HtpasswdFile.update(place.file, document => document.set('ann', 'h2'))
      expect(readFileSync(place.file, 'utf8')).toBe('ann:h2\n')
      expect(warn).toHaveBeenCalledWith(expect.stringContaining('tokens of users whose records changed'))
    } finally {
      warn.mockRestore()
      if (!isRoot) chmodSync(path, 0o600)
    }
  },
)

test('openTokens follows the file: appears, changes, is removed', async () => {
  write('ann:h1\n')
  const live = await openTokens(tokensPath(place.file))
  expect(live.value.size).toBe(0)
  const next = () => new Promise(setImmediate)
  const id = await add('ann')
  await next()
  expect(live.value.get(id)?.name).toBe('ci')
  await updateTokens(tokensPath(place.file), document => document.remove(() => true))
  await next()
  expect(live.value.size).toBe(0)
  await add('ann')
  await next()
  rmSync(tokensPath(place.file))
  await next()
  expect(live.value.size).toBe(0)
})
