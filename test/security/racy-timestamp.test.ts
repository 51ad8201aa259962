// Two writes within one tick of the file system's clock leave the same timestamps: the second must be seen all the same
// (git's "racy" index entries; FAT counts in 2 s, ext3 and some network drives in 1 s).
import type * as fs from 'node:fs'
import { writeFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { LiveDocument } from '../../src/store/live-document.ts'
import { withUsers } from '../support/password-file.ts'

/** A file system whose timestamps never change within this test. */
vi.mock('node:fs', async importOriginal => {
  const original = await importOriginal<typeof fs>()
  const coarse = (stats: object | undefined) => stats && Object.assign(stats, { mtimeNs: 0n, ctimeNs: 0n })
  return {
    ...original,
    statSync: (...args: Parameters<typeof fs.statSync>) => coarse(original.statSync(...args)),
    fstatSync: (fd: number, options: object) => coarse(original.fstatSync(fd, options)),
  }
})

test('a password changed in place, in the same tick and of the same length', () =>
  withUsers('alice:old\n', async file => {
    let clock = 0
    const live = await LiveDocument.open(file, () => Date.now() + clock)
    writeFileSync(file, 'alice:new\n')
    await turn()
    expect(live.get('alice')).toBe('old')
    clock = 2000
    await turn()
    expect(live.get('alice')).toBe('new')
  }))
