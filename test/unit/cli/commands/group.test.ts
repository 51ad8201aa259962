// `htpasswd group`: its changes, output and errors.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { group } from '../../../../src/cli/commands/group.ts'
import { recordedIo } from '../../../support/recorded-io.ts'
import { scratch } from '../../../support/scratch.ts'

const place = scratch()
const run = async (...argv: string[]) => {
  const io = recordedIo()
  const status = await group(argv, io)
  return { status, ...io.said }
}
const content = (): string => readFileSync(place.file, 'utf8')

test('add creates the file, and says who was in the group already', async () => {
  expect(await run('add', place.file, 'viewers', 'guest', 'mary ann')).toEqual({
    status: 0,
    out: 'viewers: added guest, mary ann\n',
    err: `Created ${place.file}.\n`,
  })
  expect(content()).toBe('viewers: guest "mary ann"\n')
  expect((await run('add', place.file, 'viewers', 'guest', 'bob')).out).toBe(
    'viewers: added bob\nviewers: already in it guest\n',
  )
  expect(await run('add', place.file, 'viewers', 'bob', '--json')).toMatchObject({
    out: `{"file":${JSON.stringify(place.file)},"group":"viewers","added":[],"unchanged":["bob"]}\n`,
  })
})

test('remove takes users out, or the whole group', async () => {
  writeFileSync(place.file, '# lab\na: ann bob\nb: ann\na: carl\n')
  expect(await run('remove', place.file, 'a', 'ann', 'carl')).toMatchObject({
    status: 0,
    out: 'a: removed ann, carl\n',
  })
  expect(content()).toBe('# lab\na: bob\nb: ann\na:\n')
  expect(await run('remove', place.file, 'a', '--json')).toMatchObject({
    out: `{"file":${JSON.stringify(place.file)},"group":"a","removed":["bob"]}\n`,
  })
  expect(content()).toBe('# lab\nb: ann\n')
})

test('list shows all groups, or one', async () => {
  writeFileSync(place.file, 'a: ann "mary ann"\nb:\n')
  expect((await run('list', place.file)).out).toBe('a: ann mary ann\nb: (empty)\n')
  expect((await run('list', place.file, 'b')).out).toBe('b: (empty)\n')
  expect(JSON.parse((await run('list', place.file, '--json')).out)).toEqual({
    file: place.file,
    groups: [
      { group: 'a', members: ['ann', 'mary ann'] },
      { group: 'b', members: [] },
    ],
  })
})

test.each<[what: string, argv: string[], status: number, message: string]>([
  [
    'a group that is not there',
    ['remove', 'FILE', 'viewer'],
    6,
    'FILE has no group viewer; did you mean viewers?',
  ],
  [
    'a user who is not in it',
    ['remove', 'FILE', 'viewers', 'ann', 'bob'],
    6,
    'bob is not in viewers; nothing was changed',
  ],
  ['a group to list', ['list', 'FILE', 'x'], 6, 'FILE has no group x'],
  [
    'a name that cannot be stored',
    ['add', 'FILE', 'two words', 'ann'],
    6,
    'expected a group name without blanks',
  ],
  ['no user', ['add', 'FILE'], 2, 'GROUP USER ...'],
  ['no action', [], 2, 'expected one of the actions add, remove, list, got nothing'],
])('%s is refused, and nothing is written', async (_, argv, status, message) => {
  writeFileSync(place.file, 'viewers: ann\n')
  const result = await run(...argv.map(word => (word === 'FILE' ? place.file : word)))
  expect(result).toMatchObject({ status, out: '' })
  expect(result.err).toContain(message.replace('FILE', place.file))
  expect(content()).toBe('viewers: ann\n')
})

test('a password file and an invalid line are refused', async () => {
  writeFileSync(place.file, 'ann:$apr1$lZL6V/ci$eIMz/iKDkbtys/uU7LEK00\n')
  expect(await run('add', place.file, 'viewers', 'guest')).toMatchObject({
    status: 7,
    err: `htpasswd group: ${place.file}:1: expected a group file, with "group: user …", got a password file\n`,
  })
  writeFileSync(place.file, 'a: ann\nviewers guest\n')
  expect((await run('list', place.file)).err).toContain(
    `${place.file}:2: expected "group: user …", got a line without a colon`,
  )
})

test('a missing file', async () => {
  const missing = `${place.file}.none`
  expect(await run('remove', missing, 'a', 'ann')).toMatchObject({
    status: 1,
    err: expect.stringContaining('no such file'),
  })
  expect(existsSync(missing)).toBe(false)
})

test('the file may be named by HTPASSWD_GROUPS', async () => {
  const io = recordedIo({ env: { HTPASSWD_GROUPS: place.file } })
  expect(await group(['add', 'viewers', 'guest'], io)).toBe(0)
  expect(content()).toBe('viewers: guest\n')
})
