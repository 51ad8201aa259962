// The one way a file is changed: what others wrote meanwhile is kept, and what fails leaves the old file alone.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { updateFile } from '../../../src/store/update.ts'
import { isRoot, NOBODY, runAsNobody, scratch } from '../../support/scratch.ts'

const place = scratch()
const text = () => readFileSync(place.file, 'utf8')

test('a missing file is an error, unless it may be created', async () => {
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

test('a program without a lock is noticed, and the change made again on what it wrote', async () => {
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

test.each([-1, Number.NaN, '1' as never])('a wait of %s is no wait', async lockTimeout => {
  await expect(
    updateFile(place.file, d => d.set('a', '1'), { create: true, lockTimeout: lockTimeout as number }),
  ).rejects.toMatchObject({ code: 'ERR_OPTION' })
  expect(place.names()).toEqual([])
})

describe('a program that takes no lock', () => {
  test('may replace the file by another, of the same size', async () => {
    writeFileSync(place.file, 'a:1\n')
    let calls = 0
    await updateFile(place.file, document => {
      if (++calls === 1) {
        writeFileSync(place.path('g'), 'c:3\n')
        renameSync(place.path('g'), place.file)
      }
      document.set('b', '2')
    })
    expect([calls, text(), place.names()]).toEqual([2, 'c:3\nb:2\n', ['f']])
  })

  test('may delete it: it is created again only if that is asked for', async () => {
    for (const create of [false, true]) {
      writeFileSync(place.file, 'a:1\n')
      let calls = 0
      const updated = updateFile(
        place.file,
        document => {
          if (++calls === 1) rmSync(place.file)
          document.set('b', '2')
        },
        { create },
      )
      if (create) {
        await updated
        expect([calls, text()]).toEqual([2, 'b:2\n'])
      } else {
        await expect(updated).rejects.toMatchObject({ code: 'ERR_FILE_ACCESS' })
        expect(place.names()).toEqual([])
      }
    }
  })

  test('may create it in the meantime', async () => {
    let calls = 0
    const change = updateFile(
      place.file,
      document => {
        if (++calls === 1) writeFileSync(place.file, 'foreign:x\n')
        document.set('b', '2')
      },
      { create: true },
    )
    await change
    expect(text()).toBe('foreign:x\nb:2\n')
  })
})

test('a writer that loses its lock during the change writes nothing', async () => {
  writeFileSync(place.file, 'a:1\n')
  const other = JSON.stringify({ pid: 1, host: 'elsewhere.example', started: 1, id: 'other' })
  const change = updateFile(place.file, document => {
    writeFileSync(`${place.file}.htpasswd-lock`, other)
    document.set('a', '2')
  })
  await expect(change).rejects.toMatchObject({ code: 'ERR_FILE_BUSY', message: /lost its lock/ })
  expect([text(), place.names()]).toEqual(['a:1\n', ['f', 'f.htpasswd-lock']])
})

test('a text that is UTF-16 stays as it is', async () => {
  const before = Buffer.from('\ufeffa:b\r\n', 'utf16le')
  writeFileSync(place.file, before)
  await expect(updateFile(place.file, d => d.set('a', '1'))).rejects.toMatchObject({ code: 'ERR_UTF16' })
  expect([readFileSync(place.file).equals(before), place.names()]).toEqual([true, ['f']])
})

test('the files of a killed writer are deleted', async () => {
  writeFileSync(place.file, 'a:1\n')
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  await updateFile(place.file, () => {
    // as it stands on the disk in the middle of an update
    const lock = readFileSync(`${place.file}.htpasswd-lock`, 'utf8')
    writeFileSync(place.path('lock'), JSON.stringify({ ...JSON.parse(lock), pid }))
  })
  const { id } = JSON.parse(readFileSync(place.path('lock'), 'utf8')) as { id: string }
  renameSync(place.path('lock'), `${place.file}.htpasswd-lock`)
  writeFileSync(`${place.file}.htpasswd-new-${id.slice(0, 8)}`, 'a:1\nb')
  await updateFile(place.file, document => document.set('b', '2'), { lockTimeout: 2000 })
  expect([text(), place.names()]).toEqual(['a:1\nb:2\n', ['f']])
})

describe('a path that is not a file is not touched, and is an error with a code', () => {
  const refused = async (path: string) => {
    for (const options of [{}, { create: true }, { replace: true }])
      await expect(updateFile(path, d => d.set('a', '1'), options)).rejects.toMatchObject({
        name: 'HtpasswdError',
        code: 'ERR_FILE_ACCESS',
      })
  }

  test('a folder', async () => {
    mkdirSync(place.file)
    await refused(place.file)
    expect([statSync(place.file).isDirectory(), place.names()]).toEqual([true, ['f']])
  })

  test('a name in a folder that is missing', async () => {
    await refused(place.path('none/f'))
    writeFileSync(place.file, '')
    await refused(place.path('f/f'))
    expect(place.names()).toEqual(['f'])
  })

  test.skipIf(process.platform === 'win32')('a device, a pipe, and links to them', async () => {
    expect(spawnSync('mkfifo', [place.path('pipe')]).status).toBe(0)
    symlinkSync('/dev/null', place.path('null'))
    symlinkSync('pipe', place.path('to-pipe'))
    for (const path of ['/dev/null', place.path('pipe'), place.path('null'), place.path('to-pipe')])
      await refused(path)
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
    expect(statSync(place.path('pipe')).isFIFO()).toBe(true)
    expect(place.names()).toEqual(['null', 'pipe', 'to-pipe'])
  })
})

test.skipIf(process.platform === 'win32')('a link to another folder: all is written there', async () => {
  mkdirSync(place.path('etc'))
  symlinkSync('etc/real', place.file)
  const seen: string[] = []
  await updateFile(
    place.file,
    document => {
      seen.push(...place.names())
      document.set('a', '1')
    },
    { create: true },
  )
  expect(seen).toEqual(['etc', 'f'])
  expect([lstatSync(place.file).isSymbolicLink(), readFileSync(place.path('etc/real'), 'utf8')]).toEqual([
    true,
    'a:1\n',
  ])
})

describe.skipIf(!isRoot)('permissions (only root can switch to another user)', () => {
  const addAsNobody = () =>
    runAsNobody(`return HtpasswdFile.update(args[0], d => d.set('b', '2'), { create: true })`, place.file)
  const refusal = (code: string) => expect.objectContaining({ name: 'HtpasswdError', code })

  test('in a folder without write permission, the file is written in place', async () => {
    writeFileSync(place.file, 'a:1\n')
    chmodSync(place.file, 0o666)
    expect(await addAsNobody()).toEqual({ value: 'added' })
    expect([text(), place.names()]).toEqual(['a:1\nb:2\n', ['f']])
  })

  test('a file without read permission', async () => {
    chmodSync(place.folder, 0o777)
    writeFileSync(place.file, 'a:1\n')
    chmodSync(place.file, 0o600)
    expect(await addAsNobody()).toEqual(refusal('ERR_FILE_ACCESS'))
    expect([text(), place.names()]).toEqual(['a:1\n', ['f']])
  })

  test('a file whose owner would be lost is written in place', async () => {
    chmodSync(place.folder, 0o777)
    writeFileSync(place.file, 'a:1\n')
    chmodSync(place.file, 0o666)
    expect(await addAsNobody()).toEqual({ value: 'added' })
    expect([text(), statSync(place.file).uid, place.names()]).toEqual(['a:1\nb:2\n', 0, ['f']])
  })

  test('root keeps the owner, the owner keeps the mode', async () => {
    chmodSync(place.folder, 0o777)
    writeFileSync(place.file, 'a:1\n')
    chownSync(place.file, NOBODY, NOBODY)
    chmodSync(place.file, 0o640)
    await updateFile(place.file, document => document.set('a', '2'))
    expect(await addAsNobody()).toEqual({ value: 'added' })
    const { uid, gid, mode } = statSync(place.file)
    expect([uid, gid, mode & 0o7777]).toEqual([NOBODY, NOBODY, 0o640])
    expect([text(), place.names()]).toEqual(['a:2\nb:2\n', ['f']])
  })
})
