import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseClassic } from '../../../../src/cli/apache/grammar.ts'
import { verify } from '../../../../src/cli/apache/verify.ts'
import { recordedIo } from '../../../support/recorded-io.ts'

const good = '{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM='
const bcryptDigest = 'CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
const lines = {
  alice: good,
  twice: good,
  rest: `${good}:and more`,
  crlf: `${good}\r`,
  empty: '',
  plain: 'pw',
  locked: '!pw',
  short: '$2y$05$short',
  badcost: `$2a$99$${bcryptDigest}`,
  shortdigest: `$2y$05$${bcryptDigest.slice(0, -1)}`,
  other: '$2b$05$short',
  endless: `$2y$31$${bcryptDigest}`,
  rounds: `$5$rounds=999999999$salt$${'a'.repeat(43)}`,
}
let folder: string
let file: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'verify-'))
  file = join(folder, 'f')
  writeFileSync(
    file,
    `${Object.entries(lines)
      .map(([user, hash]) => `${user}:${hash}`)
      .join('\n')}\ntwice:{SHA}x\n`,
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['alice', 'pw', 0, 'Password for user alice correct.'],
  ['alice', 'no', 3, 'password verification failed'],
  ['twice', 'pw', 0, 'Password for user twice correct.'],
  ['rest', 'pw', 0, 'Password for user rest correct.'],
  ['crlf', 'pw', 0, 'Password for user crlf correct.'],
  ['Alice', 'pw', 6, 'User Alice not found'],
  ['empty', '', 7, 'Empty hash for user empty'],
  ['plain', 'pw', 3, 'password verification failed'],
  ['locked', '!pw', 3, 'password verification failed'],
  ['short', 'pw', 9, 'Could not verify password: Invalid argument'],
  ['badcost', 'pw', 9, 'Could not verify password: Invalid argument'],
  ['shortdigest', 'pw', 3, 'password verification failed'],
  ['other', 'pw', 3, 'password verification failed'],
  ['endless', 'pw', 9, 'Could not verify password: the bcrypt hash has cost 31, above the limit of 17'],
  [
    'rounds',
    'pw',
    9,
    'Could not verify password: the sha256crypt hash has rounds 999999999, above the limit of 10000000',
  ],
])('%s with %j: status %i', async (user, password, status, message) => {
  const io = recordedIo()
  expect(await verify(parseClassic(['-vb', file, user, password]), undefined, io)).toBe(status)
  expect(io.said).toEqual({ out: '', err: `${message}\n` })
})

test.each([
  ['plain', 'pw', 0],
  ['plain', 'no', 3],
  ['alice', good, 3],
  ['locked', '!pw', 3],
  ['other', lines.other, 3],
  ['shortdigest', lines.shortdigest, 3],
])(
  'on Windows %s with %j: status %i, as text is compared but what looks like a hash is not',
  async (user, password, status) => {
    const io = recordedIo({ platform: 'win32' })
    expect(await verify(parseClassic(['-vb', file, user, password]), undefined, io)).toBe(status)
  },
)
