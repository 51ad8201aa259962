// What would fail later is said before a password is asked for, in Apache's words.
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkAccess, type Purpose } from '../../../src/store/access.ts'
import { fileWith, isRoot, runAsNobody, scratch } from '../../support/scratch.ts'

const place = scratch()
const access = (message: string) =>
  expect.objectContaining({ name: 'HtpasswdError', code: 'ERR_FILE_ACCESS', message })
const purposes: Purpose[] = ['read', 'update', 'create']

test('a file of this user permits everything', () => {
  const path = fileWith(place.path('f'), '')
  for (const purpose of purposes) expect(checkAccess(path, purpose)).toBeUndefined()
})

test('a missing one may only be created, in an existing folder', () => {
  const path = place.path('f')
  expect(checkAccess(path, 'create')).toBeUndefined()
  for (const purpose of ['read', 'update'] as const) {
    expect(() => checkAccess(path, purpose)).toThrow(
      access(`cannot modify file ${path}; use '-c' to create it`),
    )
  }
  const inNoFolder = place.path('none/f')
  expect(() => checkAccess(inNoFolder, 'create')).toThrow(access(`cannot create file ${inNoFolder}`))
  const inFile = fileWith(place.path('plain'), '')
  expect(() => checkAccess(`${inFile}/f`, 'create')).toThrow(access(`cannot create file ${inFile}/f`))
})

test('a path that is not a file is never replaced', () => {
  const folder = place.path('folder')
  mkdirSync(folder)
  for (const path of [folder, ...(process.platform === 'win32' ? [] : ['/dev/null'])]) {
    expect(() => checkAccess(path, 'create')).toThrow(access(`cannot create file ${path}`))
    expect(() => checkAccess(path, 'update')).toThrow(
      access(`cannot modify file ${path}; use '-c' to create it`),
    )
  }
})

test.skipIf(process.platform === 'win32')('links that lead in a circle are an error with a name', () => {
  symlinkSync('b', place.path('a'))
  symlinkSync('a', place.path('b'))
  for (const purpose of purposes)
    expect(() => checkAccess(place.path('a'), purpose)).toThrow(access(expect.any(String)))
})

describe.skipIf(!isRoot)('as an unprivileged user (only root can switch to one)', () => {
  const asNobody = (purpose: Purpose, path: string) =>
    runAsNobody(`checkAccess(args[0], '${purpose}'); return 'fine'`, path)

  test('a file of another user', async () => {
    const path = fileWith(place.path('f'), '')
    chmodSync(path, 0o644)
    expect(await asNobody('read', path)).toEqual({ value: 'fine' })
    expect(await asNobody('update', path)).toMatchObject({
      code: 'ERR_FILE_ACCESS',
      message: `cannot open file ${path} for read/write access`,
    })
    chmodSync(path, 0o600)
    expect(await asNobody('read', path)).toMatchObject({
      message: `cannot open file ${path} for read access`,
    })
  })

  test('a folder of another user', async () => {
    const path = place.path('f')
    expect(await asNobody('create', path)).toMatchObject({ message: `cannot create file ${path}` })
  })
})
