// A reading is of one moment and of a regular file.
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, renameSync, rmSync, utimesSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { currentStamp, readSnapshot, readStill } from '../../../src/store/snapshot.ts'
import { fileWith, scratch } from '../../support/scratch.ts'

const place = scratch()

describe('readSnapshot', () => {
  test('returns the bytes and the current stamp', async () => {
    const path = fileWith(place.path('f'), 'a:\xff\n')
    const snapshot = await readSnapshot(path)
    expect(snapshot?.bytes.toString('latin1')).toBe('a:\xff\n')
    expect(snapshot?.stamp).toBe(currentStamp(path))
    expect(snapshot?.stats.size).toBe(4n)
  })

  test('a missing file is none, an empty one is empty', async () => {
    expect(await readSnapshot(place.path('f'))).toBeUndefined()
    expect((await readSnapshot(fileWith(place.path('f'), '')))?.bytes).toHaveLength(0)
  })

  test('a folder is an error with a code', async () => {
    mkdirSync(place.path('folder'))
    await expect(readSnapshot(place.path('folder'))).rejects.toMatchObject({
      name: 'HtpasswdError',
      code: 'ERR_FILE_ACCESS',
    })
  })

  test.skipIf(process.platform === 'win32')('so is a device, and a pipe is not waited on', async () => {
    const pipe = place.path('pipe')
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0)
    for (const [path, kind] of [
      ['/dev/null', 'a device or socket'],
      [pipe, 'a pipe'],
    ] as const) {
      await expect(readSnapshot(path)).rejects.toMatchObject({
        code: 'ERR_FILE_ACCESS',
        message: `cannot read ${path}: it is ${kind}, not a regular file`,
      })
    }
  })
})

test('the stamp changes with the text, with the file and with its times', () => {
  const path = fileWith(place.path('f'), 'a:1\n')
  const stamps = [currentStamp(path)]
  appendFileSync(path, 'b:2\n')
  stamps.push(currentStamp(path))
  renameSync(fileWith(place.path('g'), 'a:1\nb:2\n'), path)
  stamps.push(currentStamp(path))
  utimesSync(path, 1, 1)
  stamps.push(currentStamp(path))
  rmSync(path)
  stamps.push(currentStamp(path))
  expect(new Set(stamps).size).toBe(5)
  expect(stamps.at(-1)).toBe('')
})

describe('readStill', () => {
  test('reads again if the file was written in the meantime', async () => {
    const path = fileWith(place.path('f'), 'a:1\n')
    const sizes: number[] = []
    const last = await readStill(path, async (_fd, size) => {
      sizes.push(size)
      if (sizes.length < 3) appendFileSync(path, 'b:2\n')
      return size
    })
    expect(sizes).toEqual([4, 8, 12])
    expect(last).toBe(12)
  })

  test('gives up on a file that changes during every reading', async () => {
    const path = fileWith(place.path('f'), 'a:1\n')
    const reading = readStill(path, async () => appendFileSync(path, 'b:2\n'))
    await expect(reading).rejects.toMatchObject({ code: 'ERR_FILE_BUSY' })
  })
})
