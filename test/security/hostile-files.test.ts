// Files that cost more time than their size: somebody who may write one must not be able to stop its readers.
import { expect, test } from 'vitest'
import { checkDocument } from '../../src/check/check-document.ts'
import { checkGroups } from '../../src/check/check-groups.ts'
import { describeUsers } from '../../src/check/describe-users.ts'
import { fixDocument } from '../../src/check/fix-document.ts'
import { list } from '../../src/cli/commands/list.ts'
import { token } from '../../src/cli/commands/token/run.ts'
import { parseHtpasswd } from '../../src/document/document.ts'
import { Groups } from '../../src/document/groups.ts'
import { recordedIo } from '../support/recorded-io.ts'
import { withFolder } from '../support/run.ts'

const APR1 = '$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/'

/** Processor time in ms: the tests of other files run at the same time. */
function timeOf(work: () => void): number {
  const { user, system } = process.cpuUsage()
  work()
  const now = process.cpuUsage()
  return (now.user + now.system - user - system) / 1000
}

function count(items: Iterable<unknown>): void {
  for (const _ of items);
}

const repeat = (count: number, line: (i: number) => string): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, i) => line(i)).join(''), 'latin1')

/** Names with the same 32-bit FNV-1a hash in blocks: any combination of colliding pieces collides. */
function fnvCollisions(count: number): string[] {
  const seen = new Map<number, string>()
  const pairs: [string, string][] = []
  let state = 0x811c9dc5
  const step = (hash: number, text: string): number =>
    [...text].reduce((value, character) => Math.imul(value ^ character.charCodeAt(0), 0x01000193), hash) >>> 0
  while (2 ** pairs.length < count) {
    seen.clear()
    for (let i = 0; ; i++) {
      const text = (i * 7919).toString(36).padStart(7, '0')
      const hash = step(state, text)
      const other = seen.get(hash)
      if (other !== undefined && other !== text) {
        pairs.push([other, text])
        state = hash
        break
      }
      seen.set(hash, text)
    }
  }
  return pairs.reduce<string[]>((names, pair) => names.flatMap(name => pair.map(end => name + end)), [''])
}

/** Work in proportion to the size; a quadratic one takes minutes. */
const files: [name: string, bytes: Buffer][] = [
  ['a million records of one user', repeat(1_000_000, () => 'a:!\n')],
  ['half a million users, each twice', repeat(1_000_000, i => `u${i >> 1}:!\n`)],
  [
    'names with one FNV-1a hash',
    Buffer.from(
      fnvCollisions(2 ** 14)
        .map(name => `${name}:!\n`)
        .join(''),
    ),
  ],
  ['a megabyte of blanks in a hash', Buffer.from(`a:${' '.repeat(1 << 20)}x\n`)],
  ['a megabyte of blanks before a name', Buffer.from(`${' '.repeat(1 << 20)}a:${APR1}\n`)],
  ['a megabyte of carriage returns', Buffer.from(`a:!\n${'\r'.repeat(1 << 20)}x:!\n`)],
  ['a megabyte of dollars', Buffer.from(`a:${'$'.repeat(1 << 20)}\n`)],
  ['a megabyte of words', Buffer.from(`a: ${'b '.repeat(1 << 19)}:\n`)],
  ['a megabyte of colons', Buffer.from(`${':'.repeat(1 << 20)}\n`)],
  ['a million lines that are joined by CR', repeat(1_000_000, () => 'a:!\r')],
  ['one byte of 0xff in a name a million times', Buffer.from(`${'\xff'.repeat(1 << 20)}:!\n`, 'latin1')],
]

const tasks: [name: string, work: (bytes: Buffer) => void][] = [
  ['list', bytes => count(describeUsers(bytes))],
  ['check', bytes => count(checkDocument(bytes, { for: 'nginx' }))],
  ['fix', bytes => void fixDocument(bytes)],
  [
    'lookups',
    bytes => {
      const document = parseHtpasswd(bytes)
      document.buildIndex()
      for (let i = 0; i < 100; i++) document.get('a')
    },
  ],
]

test.each(files)(
  '%s',
  (_name, bytes) => {
    const slow = tasks.map(([task, work]) => [task, timeOf(() => work(bytes))] as const)
    // about 1 s for a million lines on a plain machine; the limit is far from it and from what quadratic work takes
    expect(slow.filter(([, milliseconds]) => milliseconds > 10_000)).toEqual([])
  },
  120_000,
)

/** The letters, those of the bits in upper case. */
const caseOf = (letters: string, bits: number): string =>
  [...letters].map((letter, i) => ((bits >> i) % 2 === 0 ? letter : letter.toUpperCase())).join('')

/** Group files, with a group `g`. */
const groupFiles: [name: string, bytes: Buffer][] = [
  ['one group on 50,000 lines', repeat(50_000, i => `g: u${i}\n`)],
  ['50,000 groups of one user', repeat(50_000, i => `g${i}: u\n`)],
  ['one user 100,000 times', Buffer.from(`g: ${'u '.repeat(100_000)}\n`)],
  ['one line on 100,000', Buffer.from(`g: ${'u\\\n'.repeat(100_000)}\n`)],
  ['100,000 members of a line that is continued', repeat(100_000, i => `${i === 0 ? 'g:' : ''} u${i}\\\n`)],
  ['a megabyte of blanks', Buffer.from(`g:${'\t'.repeat(1 << 20)}u\n`)],
  ['groups that differ by case', repeat(1 << 15, i => `${caseOf('abcdefghijklmnop', i)}: u\n`)],
]

test.each(groupFiles)(
  'as groups: %s',
  (_name, bytes) => {
    const milliseconds = timeOf(() => {
      const groups = new Groups(bytes)
      for (const name of groups.groups().slice(0, 10)) groups.members(name)
      groups.add('g', 'another')
      groups.remove('g', 'u')
      groups.remove('g')
      checkGroups(bytes, Buffer.from('u:!\n'))
    })
    expect(milliseconds).toBeLessThan(8000)
  },
  120_000,
)

test('200,000 tokens are listed', () =>
  withFolder(
    {
      users: 'u:!\n',
      'users.tokens': repeat(
        200_000,
        i => `${String(i).padStart(8, '0')}:u:${'a'.repeat(64)}:1:never:all:${'0'.repeat(16)}:n\n`,
      ).toString(),
    },
    async folder => {
      expect(await token(['list', `${folder}/users`], recordedIo())).toBe(0)
    },
  ))

test('a pattern with several stars, and a name of a megabyte', () =>
  withFolder({ users: `${'ab'.repeat(1 << 19)}:!\n` }, async folder => {
    expect(await list([`${folder}/users`, '*a*a*a*a*c'], recordedIo())).toBe(6)
  }))
