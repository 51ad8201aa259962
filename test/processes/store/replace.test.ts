// A file is replaced in one step with its mode and owner, or it stays as it was and nothing is left behind.
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import * as promises from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Replacement, replaceFile } from '../../../src/store/replace.ts'
import { fileWith, isRoot, NOBODY, scratch, textOf } from '../../support/scratch.ts'

vi.mock('node:fs/promises', async importOriginal => {
  const original = await importOriginal<typeof promises>()
  return { ...original, rename: vi.fn(original.rename), open: vi.fn(original.open) }
})

const place = scratch()
const filesBeside = (path: string) => readdirSync(dirname(path))
const statsOf = (path: string) => statSync(path, { bigint: true })
const pieces = (...texts: string[]) => texts.map(text => Buffer.from(text, 'latin1'))
const isCurrent = () => true
const LOCK_ID = '1234abcd-0000-4000-8000-000000000000'
const NEW_FILE = 'f.htpasswd-new-1234abcd'
const replace = (
  path: string,
  chunks: Buffer[],
  previous: Replacement['previous'],
  current: () => boolean = isCurrent,
) => replaceFile({ path, chunks, previous, lockId: LOCK_ID, isCurrent: current })
const errorOf = (code: string) => Object.assign(new Error(code), { code })

const platform = process.platform
function pretendPlatform(value: string): void {
  Object.defineProperty(process, 'platform', { value })
}
afterEach(() => {
  pretendPlatform(platform)
  vi.mocked(promises.rename).mockClear()
})

test('the chunks become the file', async () => {
  const path = fileWith(place.path('f'), 'old\n')
  expect(await replace(path, pieces('a:1\n', '', 'b:\xff\n'), statsOf(path))).toBe(true)
  expect(textOf(path)).toBe('a:1\nb:\xff\n')
  expect(filesBeside(path)).toEqual(['f'])
})

test('many small chunks, and some larger than one write', async () => {
  const path = fileWith(place.path('f'), 'old\n')
  const text = `${'x'.repeat(700_000)}\n`
  const many = Array.from({ length: 5000 }, (_, i) => `u${i}:h\n`)
  await replace(path, pieces(text, ...many, text, text.repeat(4), 'end\n'), statsOf(path))
  expect(textOf(path) === [text, ...many, text, text.repeat(4), 'end\n'].join('')).toBe(true)
})

test('no chunks make an empty file', async () => {
  const path = fileWith(place.path('f'), 'old\n')
  await replace(path, [], statsOf(path))
  expect(textOf(path)).toBe('')
})

test('if the last check fails, nothing is replaced', async () => {
  const path = fileWith(place.path('f'), 'old\n')
  const seen: string[][] = []
  const notCurrent = () => {
    seen.push(filesBeside(path))
    return false
  }
  expect(await replace(path, pieces('new\n'), statsOf(path), notCurrent)).toBe(false)
  // it looked when all was written
  expect(seen).toEqual([['f', NEW_FILE]])
  expect([textOf(path), filesBeside(path)]).toEqual(['old\n', ['f']])
})

test.skipIf(platform === 'win32')('a link planted at the name of the new file is not followed', async () => {
  const path = fileWith(place.path('f'), 'old\n')
  const victim = fileWith(place.path('victim'), 'precious\n')
  symlinkSync(victim, place.path(NEW_FILE))
  await expect(replace(path, pieces('newer\n'), statsOf(path))).rejects.toThrow('EEXIST')
  expect([textOf(path), textOf(victim)]).toEqual(['old\n', 'precious\n'])
})

describe.skipIf(platform === 'win32')('mode and owner', () => {
  test.each([0o600, 0o640, 0o644, 0o660, 0o400])('mode %o is kept, whatever the umask', async mode => {
    const path = fileWith(place.path('f'), 'old\n')
    chmodSync(path, mode)
    await replace(path, pieces('new\n'), statsOf(path))
    expect(statSync(path).mode & 0o7777).toBe(mode)
  })

  test('a new file has 0666 less the umask', async () => {
    const path = place.path('f')
    await replace(path, pieces('new\n'), undefined)
    expect(statSync(path).mode & 0o777).toBe(0o666 & ~process.umask())
  })

  test('until it is complete, only the owner can read the new file', async () => {
    const path = fileWith(place.path('f'), 'old\n')
    chmodSync(path, 0o644)
    let mode = 0
    const { open } = await vi.importActual<typeof promises>('node:fs/promises')
    vi.mocked(promises.open).mockImplementationOnce(async (...args) => {
      const handle = await open(...args)
      mode = statSync(place.path(NEW_FILE)).mode & 0o777
      return handle
    })
    await replace(path, pieces('new\n'), statsOf(path))
    expect([mode, statSync(path).mode & 0o777]).toEqual([0o600, 0o644])
  })

  test.skipIf(!isRoot)('owner and group are kept (only root can give a file away)', async () => {
    const path = fileWith(place.path('f'), 'old\n')
    chownSync(path, NOBODY, NOBODY - 1)
    chmodSync(path, 0o640)
    await replace(path, pieces('new\n'), statsOf(path))
    const { uid, gid, mode } = statSync(path)
    expect([uid, gid, mode & 0o7777]).toEqual([NOBODY, NOBODY - 1, 0o640])
  })
})

describe('a write that fails', () => {
  test.each([
    ['ENOSPC', 'ERR_FILE_WRITE', /the disk is full; the file is as it was$/],
    ['EDQUOT', 'ERR_FILE_WRITE', /the disk is full; the file is as it was$/],
    ['EIO', 'ERR_FILE_WRITE', /EIO/],
    ['EFBIG', 'ERR_FILE_WRITE', /EFBIG/],
  ])('%s half-way: the old file is whole and nothing is left', async (errno, code, message) => {
    const path = fileWith(place.path('f'), 'old\n')
    const { open } = await vi.importActual<typeof promises>('node:fs/promises')
    vi.mocked(promises.open).mockImplementationOnce(async (...args) => {
      const handle = await open(...args)
      vi.spyOn(handle, 'write').mockRejectedValueOnce(errorOf(errno))
      return handle
    })
    await expect(replace(path, pieces('new\n'), statsOf(path))).rejects.toMatchObject({
      name: 'HtpasswdError',
      code,
      message: expect.stringMatching(message),
    })
    expect([textOf(path), filesBeside(path)]).toEqual(['old\n', ['f']])
  })

  test('the last check throws', async () => {
    const path = fileWith(place.path('f'), 'old\n')
    const failing = () => {
      throw errorOf('EIO')
    }
    await expect(replace(path, pieces('new\n'), statsOf(path), failing)).rejects.toMatchObject({
      code: 'ERR_FILE_WRITE',
    })
    expect([textOf(path), filesBeside(path)]).toEqual(['old\n', ['f']])
  })

  test('there is a folder of this name', async () => {
    const path = place.path('f')
    mkdirSync(path)
    await expect(replace(path, pieces('new\n'), undefined)).rejects.toMatchObject({
      code: 'ERR_FILE_ACCESS',
    })
    expect(filesBeside(path)).toEqual(['f'])
  })
})

describe('rename on Windows, where other programs hold files open', () => {
  test.each(['EPERM', 'EACCES', 'EBUSY'])('%s twice, then it goes through', async errno => {
    pretendPlatform('win32')
    const path = fileWith(place.path('f'), 'old\n')
    vi.mocked(promises.rename).mockRejectedValueOnce(errorOf(errno)).mockRejectedValueOnce(errorOf(errno))
    expect(await replace(path, pieces('new\n'), statsOf(path))).toBe(true)
    expect(promises.rename).toHaveBeenCalledTimes(3)
    expect([textOf(path), filesBeside(path)]).toEqual(['new\n', ['f']])
  })

  test('a file that others write in the meantime is not replaced', async () => {
    pretendPlatform('win32')
    const path = fileWith(place.path('f'), 'old\n')
    vi.mocked(promises.rename).mockRejectedValueOnce(errorOf('EPERM'))
    const answers = [true, false]
    expect(await replace(path, pieces('new\n'), statsOf(path), () => answers.shift() ?? false)).toBe(false)
    expect([textOf(path), filesBeside(path)]).toEqual(['old\n', ['f']])
  })

  test('a file that stays open is reported after ten seconds', async () => {
    pretendPlatform('win32')
    const path = fileWith(place.path('f'), 'old\n')
    vi.mocked(promises.rename).mockRejectedValueOnce(errorOf('EBUSY'))
    const clock = vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(10_001)
    await expect(replace(path, pieces('new\n'), statsOf(path))).rejects.toMatchObject({
      code: 'ERR_FILE_BUSY',
      message: expect.stringContaining('for 10 s another program has held it open'),
    })
    clock.mockRestore()
    expect([textOf(path), filesBeside(path)]).toEqual(['old\n', ['f']])
  })

  test('another error is not tried again', async () => {
    pretendPlatform('win32')
    const path = fileWith(place.path('f'), 'old\n')
    vi.mocked(promises.rename).mockRejectedValueOnce(errorOf('EIO'))
    await expect(replace(path, pieces('new\n'), statsOf(path))).rejects.toMatchObject({
      code: 'ERR_FILE_WRITE',
    })
    expect(promises.rename).toHaveBeenCalledTimes(1)
    expect([textOf(path), filesBeside(path)]).toEqual(['old\n', ['f']])
  })

  test('on other systems it means that the file has to be written in place', async () => {
    pretendPlatform('linux')
    const path = fileWith(place.path('f'), 'old\n')
    vi.mocked(promises.rename).mockRejectedValueOnce(errorOf('EPERM'))
    expect(await replace(path, pieces('new\n'), statsOf(path))).toBe('write in place')
    expect(promises.rename).toHaveBeenCalledTimes(1)
    expect([textOf(path), filesBeside(path)]).toEqual(['old\n', ['f']])
  })
})
