import { lstatSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { updateFile } from '../../src/store/update.ts'
import { scratch } from './scratch.ts'

const place = scratch()
const text = () => readFileSync(place.file, 'utf8')

test('a missing file is an error, unless it is to be made', async () => {
  await expect(updateFile(place.file, document => document.set('a', '1'))).rejects.toMatchObject({
    code: 'ERR_FILE_ACCESS',
  })
  expect(await updateFile(place.file, document => document.set('a', '1'), { create: true })).toBe('added')
  expect(await updateFile(place.file, async document => document.set('a', '2'))).toBe('updated')
  expect(text()).toBe('a:2\n')
  await updateFile(place.file, document => document.set('b', '1'), { replace: true })
  expect(text()).toBe('b:1\n')
  expect(place.names()).toEqual(['f'])
})

test('no change, no write', async () => {
  writeFileSync(place.file, 'a:1')
  const before = lstatSync(place.file).ino
  expect(await updateFile(place.file, document => document.delete('zz'))).toBe(false)
  expect(lstatSync(place.file).ino).toBe(before)
  expect(text()).toBe('a:1')
})

test('a change that throws leaves everything as it was', async () => {
  writeFileSync(place.file, 'a:1\n')
  const change = updateFile(place.file, () => {
    throw new Error('mine')
  })
  await expect(change).rejects.toThrow('mine')
  expect(text()).toBe('a:1\n')
  expect(place.names()).toEqual(['f'])
})

test('a program that takes no lock is noticed, and the change made again on what it wrote', async () => {
  writeFileSync(place.file, 'a:1\n')
  let calls = 0
  await updateFile(place.file, document => {
    if (++calls === 1) writeFileSync(place.file, 'a:1\nforeign:x\n')
    document.set('b', '2')
  })
  expect(calls).toBe(2)
  expect(text()).toBe('a:1\nforeign:x\nb:2\n')
})

test('one that never stops is an error', async () => {
  writeFileSync(place.file, '')
  let calls = 0
  const change = updateFile(place.file, document => {
    writeFileSync(place.file, `foreign:${calls++}\n`)
    document.set('b', '2')
  })
  await expect(change).rejects.toMatchObject({ code: 'ERR_FILE_BUSY' })
  expect(text()).toBe(`foreign:${calls - 1}\n`)
})

test.skipIf(process.platform === 'win32')('a link stays a link, also one to nowhere', async () => {
  symlinkSync('real', place.file)
  for (const hash of ['1', '2'])
    await updateFile(place.file, document => document.set('a', hash), { create: true })
  expect(lstatSync(place.file).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(realpathSync(place.folder), 'real'), 'utf8')).toBe('a:2\n')
  expect(place.names()).toEqual(['f', 'real'])
})

test('unknown options are refused', async () => {
  await expect(updateFile(place.file, () => 0, { creat: true } as never)).rejects.toThrow(/"creat"/)
})

test('updates in one process queue', async () => {
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => updateFile(place.file, d => d.set(`u${i}`, 'x'), { create: true })),
  )
  expect(text().split('\n')).toHaveLength(21)
})
