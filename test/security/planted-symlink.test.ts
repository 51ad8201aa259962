// A link that somebody planted where the new file will be made is not followed, and a mode is kept (CVE-2001-0131: the
// temporary file was guessed and followed; PR 61240: its mode was left on the password file).
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { runBin, textIn, withUsers } from '../support/password-file.ts'

const RECORD = 'alice:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n'

test.skipIf(process.platform === 'win32')('at the places of the new file and of the lock', async () => {
  await withUsers(RECORD, async file => {
    const victim = join(dirname(file), 'victim')
    writeFileSync(victim, 'precious')
    // the new file has a random name; these are the fixed ones
    for (const kind of ['lock', 'recovery']) symlinkSync(victim, `${file}.htpasswd-${kind}`)
    expect((await runBin(['-bs', file, 'bob', 'pw'])).status).toBe(0)
    expect(textIn(victim)).toBe('precious')
    expect(textIn(file)).toContain('bob:')
    const left = [basename(file), 'victim']
    expect(readdirSync(dirname(file)).sort()).toEqual(left.sort())
  })
})

test.skipIf(process.platform === 'win32')('a folder at the place of the recovery copy', async () => {
  await withUsers(RECORD, async file => {
    mkdirSync(`${file}.htpasswd-recovery`)
    expect((await runBin(['-bs', file, 'bob', 'pw'])).status).toBe(0)
    expect(textIn(file)).toContain('bob:')
    const { status, stderr } = await runBin(['-bs', '--in-place', file, 'carol', 'pw'])
    expect([status, stderr]).toEqual([1, expect.stringContaining('is in the way')])
    expect(textIn(file)).not.toContain('carol:')
  })
})

test.skipIf(process.platform === 'win32').each([0o600, 0o640])('the mode %o stays', async mode => {
  await withUsers(RECORD, async file => {
    chmodSync(file, mode)
    expect((await runBin(['-bs', file, 'bob', 'pw'])).status).toBe(0)
    expect(statSync(file).mode & 0o777).toBe(mode)
  })
})
