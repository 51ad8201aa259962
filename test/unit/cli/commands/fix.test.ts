// `htpasswd fix`: shows, asks, keeps a backup, and writes what was shown or nothing.
import { chmodSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fix } from '../../../../src/cli/commands/fix.ts'
import { type RecordedIo, recordedIo } from '../../../support/recorded-io.ts'
import { readFolder, withFolder } from '../../../support/run.ts'

const APR1 = '$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/'
const BROKEN = `\xef\xbb\xbfann:${APR1}\r\nbob:${APR1.replaceAll('$', '$$$$')}\r\nann:!\r\neve:hunter2`
const REPAIRED = `ann:${APR1}\nbob:${APR1}\neve:hunter2\n`

function call(text: string, words: readonly string[], io: RecordedIo = recordedIo(), mode = 0o644) {
  return withFolder({ users: text }, async folder => {
    const file = join(folder, 'users')
    chmodSync(file, mode)
    const status = await fix([file, ...words], io)
    const shown = (said: string) => said.replaceAll(file, 'users')
    const files = readFolder(folder)
    const modeNow = statSync(file).mode & 0o777
    return { status, out: shown(io.said.out), err: shown(io.said.err), files, mode: modeNow }
  })
}

const DIFFERENCE = `users:1: removed: byte order mark
users: 3 newlines changed from CRLF to LF
users:2: bob: every $$ changed to $
  - bob:$$apr1$…
  + bob:$apr1$…
users:3: ann: removed: duplicate of line 1
  - ann:…
users:4: added: newline at the end
`

test('--yes shows the difference, keeps a backup and writes the new file', async () => {
  expect(await call(BROKEN, ['--yes'])).toMatchObject({
    status: 0,
    err: '',
    out: `${DIFFERENCE}users: 5 changes, backup in users.bak; 1 problem left, see: htpasswd check users\n`,
    files: { users: REPAIRED, 'users.bak': BROKEN },
  })
})

test('asks, and y writes', async () => {
  const { status, err, files } = await call(BROKEN, [], recordedIo({ typed: ['y\r'] }))
  expect({ status, err, files }).toEqual({
    status: 0,
    err: 'Write users? [y/N] y\n',
    files: { users: REPAIRED, 'users.bak': BROKEN },
  })
})

test.each([
  ['no', { typed: ['n\r'] }],
  ['Ctrl-C', { typed: ['\x03'] }],
  ['the end of the input', { input: '' }],
])('%s changes nothing', async (_name, surroundings) => {
  const { status, out, err, files } = await call(BROKEN, [], recordedIo(surroundings))
  expect({ status, out, files }).toEqual({ status: 4, out: DIFFERENCE, files: { users: BROKEN } })
  expect(err).toContain('htpasswd fix: not confirmed, nothing was changed; with --yes there is no question\n')
})

test('--dry-run writes nothing; its status says whether there is something to repair', async () => {
  const { status, out, files } = await call(BROKEN, ['--dry-run'])
  expect({ status, out, files }).toEqual({ status: 1, out: DIFFERENCE, files: { users: BROKEN } })
  expect(await call(REPAIRED, ['--dry-run'])).toMatchObject({ status: 0 })
})

test('nothing to repair: neither asks nor writes', async () => {
  expect(await call(`ann:${APR1}\n`, [])).toMatchObject({
    status: 0,
    out: 'users: nothing to repair\n',
    err: '',
    files: { users: `ann:${APR1}\n` },
  })
  const { out } = await call(REPAIRED, [])
  expect(out).toBe('users: nothing to repair; 1 problem left, see: htpasswd check users\n')
})

test('UTF-16 becomes UTF-8', async () => {
  const text = Buffer.from(`\ufeffann:${APR1}\r\n`, 'utf16le').toString('latin1')
  expect((await call(text, ['--yes'])).files).toEqual({ users: `ann:${APR1}\n`, 'users.bak': text })
})

test.skipIf(process.platform === 'win32')(
  'a file that others can write loses that permission and no other',
  async () => {
    const { out, mode } = await call(`ann:${APR1}\n`, ['--yes'], undefined, 0o666)
    expect(out).toContain('users: mode changed from 666 to 644: other users could write to it\n')
    expect(mode).toBe(0o644)
    expect((await call(BROKEN, ['--yes'], undefined, 0o640)).mode).toBe(0o640)
  },
)

test('JSON lists the changes and contains no secret', async () => {
  const { status, out, files } = await call(BROKEN, ['--yes', '--json'])
  const { changes, written, backup } = JSON.parse(out)
  expect({ status, written, users: files.users }).toEqual({ status: 0, written: true, users: REPAIRED })
  expect(backup).toMatch(/users\.bak$/)
  expect(changes.map(({ code }: { code: string }) => code)).toEqual([
    'bom',
    'crlf',
    'escaped-dollars',
    'duplicate-user',
    'no-final-newline',
  ])
  expect(out).not.toMatch(/hunter2|HqJZ/)
  const dry = await call(BROKEN, ['--dry-run', '--json'])
  expect([dry.status, JSON.parse(dry.out).written]).toEqual([1, false])
})

test('--json without --yes or --dry-run is refused', async () => {
  expect(await call(BROKEN, ['--json'])).toMatchObject({
    status: 2,
    err: 'htpasswd fix: --json needs --yes or --dry-run, because it shows no difference to confirm\n',
  })
})

test('a change by another program while the question is open wins; no backup is left', () =>
  withFolder({ users: BROKEN }, async folder => {
    const file = join(folder, 'users')
    const io = recordedIo()
    // another program writes just before the answer
    const readLine = (): Buffer => {
      writeFileSync(file, 'new:!\n')
      return Buffer.from('y')
    }
    expect(await fix([file], { ...io, readLine })).toBe(1)
    expect(io.said.err).toContain('was changed by another program in the meantime; run the command again')
    expect(readFolder(folder)).toEqual({ users: 'new:!\n' })
  }))

test.skipIf(process.platform === 'win32')('a symbolic link stays one', () =>
  withFolder({ users: BROKEN }, async folder => {
    symlinkSync(join(folder, 'users'), join(folder, 'link'))
    expect(await fix([join(folder, 'link'), '--yes'], recordedIo())).toBe(0)
    expect(readFileSync(join(folder, 'users'), 'latin1')).toBe(REPAIRED)
    expect(readFolder(folder)['users.bak']).toBe(BROKEN)
  }),
)

test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
  'in a folder that cannot be written, the file is written in place and the message says where the backup is',
  () =>
    withFolder({ users: BROKEN }, async folder => {
      chmodSync(folder, 0o555)
      try {
        const io = recordedIo()
        expect(await fix([join(folder, 'users'), '--yes'], io)).toBe(0)
        expect(readFolder(folder)).toEqual({ users: REPAIRED })
        const [, backup = ''] = /, backup in ([^\s;]+)/.exec(io.said.out) ?? []
        expect(readFileSync(backup, 'latin1')).toBe(BROKEN)
        rmSync(backup)
      } finally {
        chmodSync(folder, 0o755)
      }
    }),
)

test('two files are refused', async () => {
  const io = recordedIo()
  expect(await fix(['a', 'b'], io)).toBe(2)
  expect(io.said.err).toBe('htpasswd fix: expected one password file, got 2 arguments\n')
})

test('-y is --yes', async () => {
  expect(await call(BROKEN, ['-y'])).toMatchObject({ status: 0, files: { users: REPAIRED } })
})
