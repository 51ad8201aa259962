// `[FILE] USER`: when the first positional is the file, and when the file is omitted.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { splitFile } from '../../../../src/cli/options/file-argument.ts'
import { defaultFile } from '../../../../src/cli/password-file.ts'

let folder: string
let file: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-argument-'))
  file = join(folder, 'users')
  mkdirSync(join(folder, 'etc'))
  writeFileSync(file, '')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const one = { min: 1, max: 1 }
const some = { min: 1, max: Number.POSITIVE_INFINITY }
const missing = '/no/such/folder/users'

test('the default is HTPASSWD_FILE, then .htpasswd', () => {
  expect(defaultFile({ HTPASSWD_FILE: 'x' })).toBe('x')
  expect(defaultFile({ HTPASSWD_FILE: '' })).toBe('.htpasswd')
  expect(defaultFile({})).toBe('.htpasswd')
})

test('with a fixed number of names their number decides', () => {
  const split = (...positionals: string[]) => splitFile(positionals, { HTPASSWD_FILE: 'env' }, one, 'F')
  expect(split('bob')).toEqual({ file: 'env', names: ['bob'] })
  expect(split('f', 'bob')).toEqual({ file: 'f', names: ['bob'] })
})

test('with any number of names the first one is the file if it exists, or if the default does not', () => {
  const split = (fallback: string, ...positionals: string[]) =>
    splitFile(positionals, { HTPASSWD_FILE: fallback }, some, 'F')
  expect(split(file, 'alice', 'bob')).toEqual({ file, names: ['alice', 'bob'] })
  expect(split(missing, file, 'bob')).toEqual({ file, names: ['bob'] })
  expect(split(missing, 'f', 'bob')).toEqual({ file: 'f', names: ['bob'] })
  expect(split(missing, 'bob')).toEqual({ file: missing, names: ['bob'] })
})

test('too few, too many, a folder, and a file after the name are errors', () => {
  const split =
    (...positionals: string[]) =>
    () =>
      splitFile(positionals, {}, one, '[FILE] USER')
  expect(split()).toThrow('expected [FILE] USER, got nothing')
  expect(split('a', 'b', 'c')).toThrow('expected [FILE] USER, got 3 arguments')
  expect(split(join(folder, 'etc'), 'bob')).toThrow('is a folder; name a file in it, such as')
  expect(split(missing, file)).toThrow(`expected [FILE] USER, but ${file} is a file and ${missing} is not`)
})
