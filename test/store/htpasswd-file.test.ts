import { readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { HtpasswdFile } from '../../src/store/htpasswd-file.ts'
import { scratch } from './scratch.ts'

const place = scratch()
const pw = '{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM='
const replace = (text: string): void => {
  writeFileSync(`${place.file}2`, text)
  renameSync(`${place.file}2`, place.file)
}

test('open, look up, verify, change', async () => {
  writeFileSync(place.file, `alice:${pw}\nbob:!\n`)
  const file = await HtpasswdFile.open(place.file)
  expect([file.path, file.size, file.users()]).toEqual([place.file, 2, ['alice', 'bob']])
  expect(file.get('alice')).toBe(pw)
  expect(file.problems).toEqual([expect.objectContaining({ code: 'locked-hash', line: 2 })])
  expect(await file.verify('alice', 'pw')).toBe(true)
  expect(await file.verify('alice', 'no')).toBe(false)
  expect(await file.verify('bob', '!')).toBe(false)
  expect(await file.verify('zoe', '')).toBe(false)
  expect(await file.setPassword('bob', 'new', { format: 'sha1' })).toBe('updated')
  expect(await file.verify('bob', 'new')).toBe(true)
  expect(await file.setHash('carol', pw)).toBe('added')
  expect(await file.delete('alice')).toBe(true)
  expect(await file.delete('alice')).toBe(false)
  expect(file.users()).toEqual(['bob', 'carol'])
  expect(readFileSync(place.file, 'utf8')).toMatch(/^bob:.*\ncarol:.*\n$/)
})

test('a missing file and UTF-16 are errors by name', async () => {
  await expect(HtpasswdFile.open(place.file)).rejects.toMatchObject({ code: 'ERR_FILE_ACCESS' })
  writeFileSync(place.file, Buffer.from('\ufeffa:b', 'utf16le'))
  await expect(HtpasswdFile.open(place.file)).rejects.toMatchObject({ code: 'ERR_UTF16' })
})

test('reload follows a rename and a write in place', async () => {
  replace(`alice:${pw}\n`)
  const file = await HtpasswdFile.open(place.file)
  expect(await file.reload()).toBe(false)
  replace(`bob:${pw}\n`)
  expect(await file.reload()).toBe(true)
  expect(file.users()).toEqual(['bob'])
  writeFileSync(place.file, `carol:${pw}\n`)
  expect(await file.reload()).toBe(true)
  expect(file.users()).toEqual(['carol'])
})

test('half a file is never served: it waits for a writer in place to end', async () => {
  writeFileSync(place.file, 'a:1\nb:2\nc:3\n')
  const file = await HtpasswdFile.open(place.file)
  truncateSync(place.file, 4)
  const reloaded = file.reload()
  // a real writer goes on within milliseconds
  await new Promise(setImmediate)
  writeFileSync(place.file, 'a:1\nb:2\nd:4\n')
  expect(await reloaded).toBe(true)
  expect(file.users()).toEqual(['a', 'b', 'd'])
})

test('a file that was emptied in place keeps its last users; a new empty file has none', async () => {
  writeFileSync(place.file, `alice:${pw}\n`)
  const file = await HtpasswdFile.open(place.file)
  truncateSync(place.file)
  await expect(file.reload()).rejects.toMatchObject({ code: 'ERR_RECORD' })
  expect(await file.verify('alice', 'pw')).toBe(true)
  replace('')
  expect(await file.reload()).toBe(true)
  expect(file.size).toBe(0)
})

test('watch: told of changes by others, and of a file that cannot be used, once', async () => {
  writeFileSync(place.file, `alice:${pw}\n`)
  await using file = await HtpasswdFile.open(place.file)
  const heard: string[] = []
  let next = (): void => {}
  const hear = (what: string): void => {
    heard.push(what)
    next()
  }
  file.watch({
    onChange: () => hear(file.users().join()),
    onError: error => hear((error as { code?: string }).code ?? ''),
  })
  const after = async (act: () => void, what: string): Promise<void> => {
    const arrived = new Promise<void>(resolve => {
      next = () => heard.at(-1) === what && resolve()
    })
    act()
    await arrived
  }
  await after(() => replace(`bob:${pw}\n`), 'bob')
  await after(() => replace('\0a\0:\0b'), 'ERR_UTF16')
  expect(file.users()).toEqual(['bob'])
  await after(() => writeFileSync(place.file, `carol:${pw}\n`), 'carol')
  expect(heard).toEqual(['bob', 'ERR_UTF16', 'carol'])
})
