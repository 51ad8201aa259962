// The copy that is kept: never over another file, for its owner alone, beside what a link points to.
import { readFileSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { backUp } from '../../../src/store/backup.ts'
import { withFolder } from '../../support/run.ts'

const bytes = Buffer.from('ann:1\n')

test('FILE.bak, and the next free name where that is taken', () =>
  withFolder({ users: 'ann:1\n' }, async folder => {
    const file = join(realpathSync(folder), 'users')
    expect([await backUp(file, bytes), await backUp(file, bytes)]).toEqual([`${file}.bak`, `${file}.bak2`])
    expect(readFileSync(`${file}.bak2`, 'utf8')).toBe('ann:1\n')
  }))

test.skipIf(process.platform === 'win32')(
  'only its owner reads it, and a link planted there is not followed',
  () =>
    withFolder({ users: 'ann:1\n', other: 'precious' }, async folder => {
      const file = join(realpathSync(folder), 'users')
      symlinkSync(join(folder, 'other'), `${file}.bak`)
      symlinkSync(join(folder, 'nowhere'), `${file}.bak2`)
      const copy = await backUp(file, bytes)
      expect(copy).toBe(`${file}.bak3`)
      expect(statSync(copy).mode & 0o777).toBe(0o600)
      expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('precious')
    }),
)

test.skipIf(process.platform === 'win32')('behind a link it stands beside the file', () =>
  withFolder({ users: 'ann:1\n' }, async folder => {
    const file = join(realpathSync(folder), 'users')
    symlinkSync(file, join(folder, 'link'))
    expect(await backUp(join(folder, 'link'), bytes)).toBe(`${file}.bak`)
  }),
)

test('where it cannot be written it is a named error', () =>
  withFolder({}, async folder => {
    const file = join(folder, 'missing', 'users')
    writeFileSync(join(folder, 'missing'), '')
    await expect(backUp(file, bytes)).rejects.toMatchObject({ name: 'HtpasswdError', exitStatus: 1 })
  }))
