// A descriptor is read to its end or to the limit; io.test.ts sees it with pipes that are late, closed or missing.
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSome, readUpTo } from '../../../../src/cli/terminal/descriptor.ts'

const folder = mkdtempSync(join(tmpdir(), 'descriptor-'))
const path = join(folder, 'file')
let fd: number
beforeAll(() => {
  writeFileSync(path, 'some text')
  fd = openSync(path, 'r')
})
afterAll(() => {
  closeSync(fd)
  rmSync(folder, { recursive: true })
})

test('no more than the limit is read, then what is left, then nothing', () => {
  expect(readUpTo(fd, 4).toString()).toBe('some')
  expect(readUpTo(fd, 100).toString()).toBe(' text')
  expect(readUpTo(fd, 100)).toHaveLength(0)
  expect(readSome(fd, Buffer.alloc(1))).toBe(0)
})

test('what cannot be read is the error of the system', () => {
  const writing = openSync(path, 'a')
  expect(() => readUpTo(writing, 1)).toThrow(/EBADF|EPERM/)
  closeSync(writing)
  expect(() => readUpTo(writing, 1)).toThrow('EBADF')
})
