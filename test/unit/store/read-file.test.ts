// The bytes of a file, or the reason in words, under the name that was given.
import { mkdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readAnyFile, readPasswordFile } from '../../../src/store/read-file.ts'
import { fileWith, scratch } from '../../support/scratch.ts'

const place = scratch()

test('the bytes as they are', async () => {
  const path = fileWith(place.file, '\xff\xfeab')
  expect(readAnyFile(path).toString('latin1')).toBe('\xff\xfeab')
  expect((await readPasswordFile(path)).bytes.toString('latin1')).toBe('\xff\xfeab')
})

test('a missing file', async () => {
  const error = (name: string) => ({
    code: 'ERR_FILE_ACCESS',
    message: `cannot read ${name}: there is no such file`,
  })
  expect(() => readAnyFile(place.file)).toThrow(expect.objectContaining(error(place.file)))
  await expect(readPasswordFile(place.file)).rejects.toMatchObject(error(place.file))
  await expect(readPasswordFile(place.file, 'users')).rejects.toMatchObject(error('users'))
})

test('a folder', async () => {
  mkdirSync(place.file)
  const error = { message: `cannot read ${place.file}: it is a folder, not a regular file` }
  expect(() => readAnyFile(place.file)).toThrow(expect.objectContaining(error))
  await expect(readPasswordFile(place.file)).rejects.toMatchObject(error)
})
