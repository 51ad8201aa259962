// A live text file has the value of its last valid content; half-written or invalid content is not applied.
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, expect, test, vi } from 'vitest'
import { HtpasswdError } from '../../../src/errors.ts'
import { LiveText, type LiveTextOptions } from '../../../src/store/live-text.ts'
import { scratch } from '../../support/scratch.ts'

const place = scratch()

let clock = 0
beforeEach(() => {
  clock = 0
})
const pass = async (milliseconds: number): Promise<void> => {
  clock += milliseconds
  await turn()
}
/** Words, one a line; `!` is a mistake. */
const parse = (bytes: Buffer, path: string): string => {
  const text = bytes.toString()
  if (text.includes('!')) throw new HtpasswdError('ERR_RECORD', `${path}:1: expected a word, got !`)
  return text.trimEnd().replaceAll('\n', ' ')
}
const open = (options: Partial<LiveTextOptions<string>> = {}) =>
  LiveText.open(place.file, { parse, ...options }, () => Date.now() + clock)
const inPlace = async (text: string): Promise<void> => {
  writeFileSync(place.file, text)
  await turn()
}
const byRename = async (text: string): Promise<void> => {
  writeFileSync(`${place.file}.new`, text)
  renameSync(`${place.file}.new`, place.file)
  await turn()
}

test('a change counts at the next look, by rename or in place', async () => {
  writeFileSync(place.file, 'one\n')
  const live = await open()
  expect(live.value).toBe('one')
  await byRename('one\ntwo\n')
  expect(live.value).toBe('one two')
  await inPlace('three\n')
  expect([live.value, live.version]).toEqual(['three', 2])
})

test('an invalid file keeps the last valid value, and says why', async () => {
  writeFileSync(place.file, 'one\n')
  const live = await open()
  await byRename('two\n!\n')
  expect(live.value).toBe('one')
  expect(live.error).toMatchObject({ code: 'ERR_RECORD', message: `${place.file}:1: expected a word, got !` })
  await byRename('two\n')
  expect([live.value, live.error]).toEqual(['two', undefined])
  writeFileSync(place.file, '!')
  await expect(open()).rejects.toThrow('expected a word')
})

test.each<[what: string, text: string, milliseconds: number]>([
  ['an empty file', '', 1_000],
  ['a last line without a newline', 'new\nlis', 1_000],
  ['the first lines of the one before', 'one\n', 50],
])('written in place, %s counts only when the write is over', async (_, text, milliseconds) => {
  writeFileSync(place.file, 'one\ntwo\n')
  const live = await open()
  await inPlace(text)
  expect(live.value).toBe('one two')
  await pass(milliseconds + 10)
  expect([live.value, live.error]).toEqual([text.trimEnd().replaceAll('\n', ' '), undefined])
})

test('without a file: an error, or the value given for it', async () => {
  await expect(open()).rejects.toMatchObject({ code: 'ERR_FILE_ACCESS' })
  const live = await open({ missing: 'none' })
  expect([live.value, live.error]).toEqual(['none', undefined])
  await byRename('one\n')
  expect(live.value).toBe('one')
  rmSync(place.file)
  await turn()
  expect([live.value, live.error, live.version]).toEqual(['none', undefined, 2])
})

test.each([
  ['the value before stays', {}, 'one'],
  ['the value given for it counts', { unreadable: 'nobody' }, 'nobody'],
])('a file that cannot be read: %s, until it can', async (_, options, expected) => {
  writeFileSync(place.file, 'one\n')
  const live = await open(options)
  rmSync(place.file)
  await turn()
  expect([live.value, live.error?.code]).toEqual([expected, 'ERR_FILE_ACCESS'])
  await byRename('one\n')
  expect([live.value, live.error]).toEqual(['one', undefined])
})

test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'a missing permission is an error',
  async () => {
    writeFileSync(place.file, 'one\n')
    chmodSync(place.file, 0)
    await expect(open({ missing: 'none' })).rejects.toThrow('permission denied')
  },
)

test('a watch tells of changes and of errors', async () => {
  writeFileSync(place.file, 'one\n')
  const live = await open()
  const told: string[] = []
  using _ = live.watch({
    onChange: () => told.push(live.value),
    onError: error => told.push(error.message),
  })
  await byRename('two\n')
  await vi.waitFor(() => expect(told).toEqual(['two']))
  await byRename('!\n')
  await vi.waitFor(() => expect(told).toEqual(['two', `${place.file}:1: expected a word, got !`]))
})
