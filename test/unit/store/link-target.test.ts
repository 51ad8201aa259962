import { mkdirSync, symlinkSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { linkTarget } from '../../../src/store/link-target.ts'
import { fileWith, scratch } from '../../support/scratch.ts'

const place = scratch()

describe.skipIf(process.platform === 'win32')('linkTarget', () => {
  test('is the file behind links, there or yet to come', async () => {
    const folder = await realpath(dirname(place.path('x')))
    mkdirSync(place.path('sub'))
    symlinkSync('sub/real', place.path('link'))
    symlinkSync(place.path('link'), place.path('chain'))
    for (const name of ['link', 'chain', 'sub/real'])
      expect(await linkTarget(place.path(name))).toBe(join(folder, 'sub/real'))
    fileWith(place.path('sub/real'), '')
    for (const name of ['link', 'chain', 'sub/real'])
      expect(await linkTarget(place.path(name))).toBe(join(folder, 'sub/real'))
  })

  test('a circle is an error with a name', async () => {
    symlinkSync('b', place.path('a'))
    symlinkSync('a', place.path('b'))
    await expect(linkTarget(place.path('a'))).rejects.toMatchObject({ code: 'ERR_FILE_ACCESS' })
  })
})
