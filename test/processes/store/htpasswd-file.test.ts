// A file that is open for look-ups: reload and watch wait for a program that writes in place.
import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { HtpasswdFile } from '../../../src/store/htpasswd-file.ts'
import { scratch, startScript } from '../../support/scratch.ts'

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

test('emptied in place: reload waits a second for the writer, then there are no users', async () => {
  writeFileSync(place.file, `alice:${pw}\n`)
  const file = await HtpasswdFile.open(place.file)
  truncateSync(place.file)
  const reloaded = file.reload()
  expect(await file.verify('alice', 'pw')).toBe(true)
  expect([await reloaded, file.size]).toEqual([true, 0])
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
  expect([file.users(), file.error]).toEqual([['bob'], expect.objectContaining({ code: 'ERR_UTF16' })])
  await after(() => writeFileSync(place.file, `carol:${pw}\n`), 'carol')
  expect(heard).toEqual(['bob', 'ERR_UTF16', 'carol'])
})

test('bad options and hashes are refused before anything is written', async () => {
  writeFileSync(place.file, 'alice:1\n')
  const file = await HtpasswdFile.open(place.file)
  await expect(file.setPassword('alice', 'p', { format: 'md4' as never })).rejects.toMatchObject({
    code: 'ERR_OPTION',
  })
  await expect(file.setHash('alice', 'a\nroot:x')).rejects.toMatchObject({ code: 'ERR_RECORD' })
  await expect(file.setHash('a:b', 'x')).rejects.toMatchObject({ code: 'ERR_USERNAME' })
  expect([readFileSync(place.file, 'utf8'), file.get('alice'), place.names()]).toEqual([
    'alice:1\n',
    '1',
    ['f'],
  ])
})

test('update as a static function gives back what the change does', async () => {
  writeFileSync(place.file, 'alice:1\n')
  expect(await HtpasswdFile.update(place.file, document => document.users())).toEqual(['alice'])
})

test('a file that goes away is an error; the last users stay until it is back', async () => {
  replace(`alice:${pw}\n`)
  const file = await HtpasswdFile.open(place.file)
  rmSync(place.file)
  const error = { code: 'ERR_FILE_ACCESS', message: `cannot read ${place.file}: there is no such file` }
  await expect(file.reload()).rejects.toMatchObject(error)
  expect(file.error).toMatchObject(error)
  expect(file.users()).toEqual(['alice'])
  replace(`bob:${pw}\n`)
  expect(await file.reload()).toBe(true)
  expect(file.users()).toEqual(['bob'])
})

test('onChange is not called while a program truncates and writes in two halves, again and again', async () => {
  const users = (generation: number) => `a:${generation}\nb:${generation}\nc:${generation}\n`
  writeFileSync(place.file, users(0))
  await using file = await HtpasswdFile.open(place.file)
  const seen = new Set<string>()
  const errors: Error[] = []
  file.watch({
    onChange: () =>
      seen.add(
        file
          .users()
          .map(user => `${user}:${file.get(user)}\n`)
          .join(''),
      ),
    onError: error => errors.push(error),
  })
  const writer = startScript(
    `
    import { closeSync, openSync, writeSync } from 'node:fs'
    for (let i = 1; i <= 20; i++) {
      const fd = openSync(args[0], 'w')
      const text = \`a:\${i}\\nb:\${i}\\nc:\${i}\\n\`
      writeSync(fd, text.slice(0, 6))
      // as a slow writer does, less than the 50 ms that the reader waits for quiet
      await new Promise(resolve => setTimeout(resolve, 5))
      writeSync(fd, text.slice(6))
      closeSync(fd)
    }`,
    place.file,
  )
  expect(await writer.ended).toMatchObject({ status: 0, stderr: '' })
  await vi.waitFor(() => expect(seen).toContain(users(20)), { timeout: 10_000 })
  expect(errors).toEqual([])
  for (const text of seen) expect(text).toBe(users(Number(/\d+/.exec(text)?.[0])))
})

test('after its end a watch reports nothing more', async () => {
  writeFileSync(place.file, 'alice:1\n')
  const watched = await HtpasswdFile.open(place.file)
  const disposed = await HtpasswdFile.open(place.file)
  const heard: string[] = []
  const hear = (who: string) => ({ onChange: () => heard.push(who), onError: () => heard.push(who) })
  disposed.watch(hear('all'))
  const one = watched.watch(hear('one'))
  watched.watch(hear('other'))
  one[Symbol.dispose]()
  await disposed[Symbol.asyncDispose]()
  replace('bob:1\n')
  await vi.waitFor(() => expect(heard.length).toBeGreaterThan(0), { timeout: 10_000 })
  expect([...new Set(heard)]).toEqual(['other'])
  // look-ups go on without a watch
  expect(disposed.users()).toEqual(['bob'])
  await watched[Symbol.asyncDispose]()
})
