// The file of a generated password: private, new, there before the record, and gone where there is no record.

import {
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { toByteString } from '../../../src/bytes.ts'
import { isToBeShown, rejectExisting, updateWith } from '../../../src/cli/password/generated.ts'
import type { GenerationValues } from '../../../src/cli/password/options.ts'
import { canStandIn, pretendWindows } from '../../support/windows-tools.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'generated-'))
  path = join(folder, 'made')
})
afterEach(() => rmSync(folder, { recursive: true }))

const valuesTo = (to: string | undefined): GenerationValues => ({ generate: {}, 'generate-to': to })
const password = toByteString('generated words')
const update = (work: () => Promise<boolean>, recordFile?: string, to: string | undefined = path) =>
  updateWith(valuesTo(to), password, recordFile, work)

test('it exists, with access for this user only, before the record does', async () => {
  let seen = ''
  const done = await update(async () => {
    seen = readFileSync(path, 'utf8')
    return true
  })
  expect([done, seen, readFileSync(path, 'utf8')]).toEqual([true, 'generated words\n', 'generated words\n'])
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('where the update fails or writes nothing it is gone again', async () => {
  await expect(update(() => Promise.reject(new Error('no room')))).rejects.toThrow('no room')
  expect(existsSync(path)).toBe(false)
  expect(await update(async () => false)).toBe(false)
  expect(existsSync(path)).toBe(false)
})

test('what is there can be refused before long work, a link to nowhere too', () => {
  expect(() => rejectExisting(valuesTo(undefined))).not.toThrow()
  expect(() => rejectExisting(valuesTo(path))).not.toThrow()
  writeFileSync(path, 'mine')
  const message = `--generate-to expected a new file, got ${path}, which exists; nothing was changed`
  expect(() => rejectExisting(valuesTo(path))).toThrow(message)
  if (process.platform === 'win32') return
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link'))
  expect(() => rejectExisting(valuesTo(join(folder, 'link')))).toThrow('which exists')
})

test('without --generate-to only the update happens', async () => {
  expect(await updateWith(valuesTo(undefined), password, undefined, async () => true)).toBe(true)
  expect(existsSync(path)).toBe(false)
})

const never = () => Promise.reject(new Error('updated'))

test.each([
  ['a file', () => writeFileSync(path, 'before')],
  ['a link that leads nowhere', () => symlinkSync(join(folder, 'elsewhere'), path)],
])('%s that is there is refused, and nothing is updated', async (name, make) => {
  if (process.platform === 'win32' && name !== 'a file') return
  make()
  await expect(update(never)).rejects.toMatchObject({
    code: 'ERR_FILE_ACCESS',
    message: `--generate-to expected a new file, got ${path}, which exists; nothing was changed`,
  })
  if (name === 'a file') expect(readFileSync(path, 'utf8')).toBe('before')
  else expect(existsSync(join(folder, 'elsewhere'))).toBe(false)
})

test('a folder that is missing is said, and nothing is updated', async () => {
  await expect(update(never, undefined, join(folder, 'no', 'made'))).rejects.toMatchObject({
    code: 'ERR_FILE_ACCESS',
    message: expect.stringMatching(/^--generate-to expected a new file, got ENOENT/),
  })
})

test('the password file itself is refused, under any name, and not left behind', async () => {
  const refused = {
    code: 'ERR_USAGE',
    message: expect.stringContaining('expected another file than the password file'),
  }
  await expect(update(never, path)).rejects.toMatchObject(refused)
  expect(existsSync(path)).toBe(false)
  if (process.platform === 'win32') return
  symlinkSync(path, join(folder, 'users'))
  await expect(update(never, join(folder, 'users'))).rejects.toMatchObject(refused)
  expect(existsSync(path)).toBe(false)
})

test('another file of users is none of this', async () => {
  writeFileSync(join(folder, 'users'), 'a:b\n')
  linkSync(join(folder, 'users'), join(folder, 'linked'))
  expect(await update(async () => true, join(folder, 'linked'))).toBe(true)
})

test.skipIf(!canStandIn)(
  'on Windows it gets its permissions before its first byte, or is not created',
  async () => {
    {
      using windows = pretendWindows(folder)
      expect(await update(async () => true)).toBe(true)
      expect(windows.asked()).toEqual([expect.stringMatching(/^0 .*made \/inheritance:r /)])
      rmSync(path)
      rmSync(join(folder, 'System32'), { recursive: true })
      await expect(update(never)).rejects.toMatchObject({
        code: 'ERR_FILE_ACCESS',
        message: expect.stringContaining('no whoami or icacls'),
      })
    }
    expect(existsSync(path)).toBe(false)
  },
)

test('a generated password is printed unless a file gets it', () => {
  expect(isToBeShown(valuesTo(undefined))).toBe(true)
  expect(isToBeShown(valuesTo(path))).toBe(false)
  expect(isToBeShown({ ...valuesTo(path), generate: undefined })).toBe(false)
  expect(isToBeShown({ ...valuesTo(undefined), generate: undefined })).toBe(false)
})
