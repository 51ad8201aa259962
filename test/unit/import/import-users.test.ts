// Many users into a document, all or none: policies, options, progress, and what is left where one cannot be had.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toByteString } from '../../../src/bytes.ts'
import { HtpasswdDocument, parseHtpasswd } from '../../../src/document/document.ts'
import type { HtpasswdError } from '../../../src/errors.ts'
import { verifyPassword } from '../../../src/hash/hash-password.ts'
import { identify } from '../../../src/hash/registry.ts'
import { applyImport, hashPlan, type ImportOptions, importUsers } from '../../../src/import/import-users.ts'
import type { ConflictPolicy, ImportedUser } from '../../../src/import/plan.ts'
import { planImport } from '../../../src/import/plan.ts'

const HASH = '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='
const OTHER = '{SHA}w3QkzGJswDXW5OKZHAJw0FELjfM='
const PASSWORD = 'over the hills'

const failure = (promise: Promise<unknown>): Promise<HtpasswdError> =>
  promise.then(
    () => Promise.reject(new Error('expected an error')),
    error => error as HtpasswdError,
  )

test('passwords are hashed, hashes are taken as they are', async () => {
  const document = new HtpasswdDocument('# ours\n')
  const users = [
    { user: 'alice', password: PASSWORD },
    { user: 'bob', hash: HASH },
  ]
  const report = await importUsers(document, users, { cost: 4 })
  expect(report).toEqual({ added: ['alice', 'bob'], updated: [], skipped: [] })
  expect(document.get('bob')).toBe(HASH)
  expect(identify(document.get('alice') ?? '')).toMatchObject({ format: 'bcrypt', cost: 4 })
  expect(await verifyPassword(PASSWORD, document.get('alice') ?? '')).toBe(true)
})

test('bytes that are no UTF-8 are a password as well', async () => {
  const document = new HtpasswdDocument()
  const password = Buffer.from([0xff, 0xfe])
  await importUsers(document, [{ user: 'alice', password }], { format: 'sha1' })
  expect(await verifyPassword(password, document.get('alice') ?? '')).toBe(true)
})

test('without options it is bcrypt of cost 12', async () => {
  const document = new HtpasswdDocument()
  await importUsers(document, [{ user: 'alice', password: PASSWORD }])
  expect(identify(document.get('alice') ?? '')).toMatchObject({ format: 'bcrypt', cost: 12 })
})

describe('laws', () => {
  const names = fc.constantFrom<string>('a', 'b', 'c', 'd', 'e')
  const rows = fc.array(fc.record({ user: names, hash: fc.constantFrom(HASH, OTHER) }), { maxLength: 8 })
  const present = fc.uniqueArray(names)
  const cases = fc.record({
    rows,
    present,
    onConflict: fc.constantFrom<ConflictPolicy>('fail', 'skip', 'update'),
  })

  test('each row is in one list, or the document is as it was', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, present, onConflict }) => {
        const document = parseHtpasswd(present.map(name => `${name}:${HASH}\n`).join(''))
        const before = document.toString()
        const isClear =
          new Set(rows.map(({ user }) => user)).size === rows.length &&
          rows.every(({ user }) => !present.includes(user))
        const report = await importUsers(document, rows, { onConflict }).catch(
          (error: HtpasswdError) => error.code,
        )
        if (report === 'ERR_USER_EXISTS') {
          expect({ onConflict, isClear, text: document.toString() }).toEqual({
            onConflict: 'fail',
            isClear: false,
            text: before,
          })
          return
        }
        if (typeof report === 'string') throw new Error(report)
        const { added, updated, skipped } = report
        expect([...added, ...updated, ...skipped].toSorted()).toEqual(rows.map(({ user }) => user).toSorted())
        expect(new Set(document.users())).toEqual(new Set([...present, ...rows.map(({ user }) => user)]))
        for (const name of document.users()) {
          const mine = rows.filter(({ user }) => user === name).map(({ hash }) => hash)
          const expected = onConflict === 'update' ? mine.at(-1) : present.includes(name) ? HASH : mine[0]
          expect(document.get(name)).toBe(expected ?? HASH)
        }
      }),
    )
  })
})

describe('nothing changes', () => {
  test.each<[string, ImportedUser[], ImportOptions, string]>([
    [
      'a bad row among good ones',
      [
        { user: 'new', hash: HASH },
        { user: '#', hash: HASH },
      ],
      {},
      'ERR_USERNAME',
    ],
    [
      'a user who is there',
      [
        { user: 'new', hash: HASH },
        { user: 'there', hash: OTHER },
      ],
      {},
      'ERR_USER_EXISTS',
    ],
    [
      'a password that the format cannot carry',
      [
        { user: 'new', hash: HASH },
        { user: 'long', password: 'x'.repeat(512) },
      ],
      { format: 'sha512crypt', rounds: 1000 },
      'ERR_RECORD',
    ],
    [
      'plain text that would be two lines',
      [{ user: 'new', password: 'a\nroot:b' }],
      { format: 'plaintext' },
      'ERR_RECORD',
    ],
    [
      'plain text that a colon cuts',
      [{ user: 'new', password: 'a:b' }],
      { format: 'plaintext' },
      'ERR_RECORD',
    ],
    ['an unknown option', [], { onConflicts: 'skip' } as ImportOptions, 'ERR_OPTION'],
    ['an unknown policy', [], { onConflict: 'ask' as 'skip' }, 'ERR_OPTION'],
    ['an unknown format', [], { format: 'rot13' as 'des' }, 'ERR_OPTION'],
    ['a cost of another format', [{ user: 'new', hash: HASH }], { format: 'sha1', cost: 5 }, 'ERR_OPTION'],
  ])('by %s', async (_what, users, options, code) => {
    const text = `there:${HASH}\n`
    const document = parseHtpasswd(text)
    const error = await failure(importUsers(document, users, options))
    expect(error).toMatchObject({ name: 'HtpasswdError', code })
    expect(document.toString()).toBe(text)
  })

  test('where the listener of the progress throws', async () => {
    const document = new HtpasswdDocument()
    const stop = () => {
      throw new Error('stop')
    }
    const users = Array.from({ length: 20 }, (_, i) => ({ user: `u${i}`, password: PASSWORD }))
    await expect(importUsers(document, users, { format: 'sha1', onProgress: stop })).rejects.toThrow('stop')
    expect(document.changed).toBe(false)
  })
})

test('no message holds a password or a hash', async () => {
  const users = [
    { user: 'a', password: `${PASSWORD}\0` },
    { user: 'b', hash: HASH.slice(1) },
    { user: 'c', password: PASSWORD, hash: HASH },
    { user: `d:${PASSWORD}`, hash: HASH },
  ]
  const { message } = await failure(importUsers(new HtpasswdDocument(), users))
  expect(message.match(/row \d/g)).toEqual(['row 1', 'row 2', 'row 3', 'row 4'])
  expect(message).not.toMatch(/hills|SHA/)
})

test('progress counts each hash that is made, up to all of them', async () => {
  const seen: string[] = []
  const users = [
    ...Array.from({ length: 50 }, (_, i) => ({ user: `u${i}`, password: PASSWORD })),
    { user: 'hashed', hash: HASH },
  ]
  await importUsers(new HtpasswdDocument(), users, {
    format: 'sha1',
    onProgress: (done, total) => seen.push(`${done}/${total}`),
  })
  expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => `${i + 1}/50`))
})

test('the event loop has its turns while short hashes are made', async () => {
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  const users = Array.from({ length: 400 }, (_, i) => ({ user: `u${i}`, password: PASSWORD }))
  await importUsers(new HtpasswdDocument(), users, { format: 'des' })
  clearInterval(timer)
  expect(turns).toBeGreaterThan(0)
})

describe('a document that changed since the plan was made', () => {
  const planned = async (onConflict: ConflictPolicy) => {
    const plan = planImport([{ user: 'alice', password: PASSWORD }], {
      onConflict,
      isThere: () => false,
      toBytes: toByteString,
    })
    await hashPlan(plan, { format: 'sha1' })
    return plan
  }
  const there = () => parseHtpasswd(`alice:${HASH}\n`)

  test('fail: it is as it was', async () => {
    const [plan, document] = [await planned('fail'), there()]
    expect(() => applyImport(document, plan, 'fail')).toThrow('alice: the user exists already')
    expect(document.changed).toBe(false)
  })

  test('skip and update do what they say', async () => {
    expect(applyImport(there(), await planned('skip'), 'skip')).toEqual({
      added: [],
      updated: [],
      skipped: ['alice'],
    })
    expect(applyImport(there(), await planned('update'), 'update')).toEqual({
      added: [],
      updated: ['alice'],
      skipped: [],
    })
  })
})
