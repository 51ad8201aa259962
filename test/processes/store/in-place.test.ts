// What a rename would lose or is refused: the file is written in place, as Apache's command does, by every way of changing it.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { HtpasswdFile } from '../../../src/store/htpasswd-file.ts'
import { recoveryEnd } from '../../../src/store/recovery.ts'
import { type Change, changes, rootSkipReason, usersIn } from '../../support/changes.ts'
import { findProgram } from '../../support/outside-program.ts'
import { type Run, run } from '../../support/run.ts'
import { bin, NOBODY, scratch } from '../../support/scratch.ts'

const GAMES = 60
const place = scratch()
const missing = rootSkipReason('unshare', 'setpriv', 'mount')
const addBob = changes[0] as Change

/** A temporary folder of its own: what is left in it shows. */
let temporary = ''
beforeEach(() => {
  temporary = place.path('tmp')
  mkdirSync(temporary)
  chmodSync(temporary, 0o1777)
})

/** Runs a change behind a program such as `setpriv`; with none, as it is. */
function make(change: Change, file: string, wrapper: readonly string[] = []): Promise<Run> {
  const [program, ...args] = [...wrapper, process.execPath, ...change.args(file)] as [string, ...string[]]
  return run(program, args, { stdin: change.stdin ?? '', env: { TMPDIR: temporary } })
}

const as = (uid: number, gid: number): string[] => [
  'setpriv',
  `--reuid=${uid}`,
  `--regid=${gid}`,
  '--clear-groups',
]
/** Behind mounts that end with the program: the script ends in `exec "$@"`. */
const inMounts = (script: string): string[] => ['unshare', '-m', 'sh', '-ec', `${script}\nexec "$@"`, 'sh']

const inode = (path: string): object => {
  const { ino, uid, gid, mode, nlink } = statSync(path)
  return { ino, uid, gid, mode, nlink }
}

/** The same change with `--in-place`; the library has the option `inPlace`. */
const inPlace = (change: Change): Change => ({
  ...change,
  args: file => {
    const [program = '', first = '', ...rest] = change.args(file)
    return first.startsWith('-')
      ? [program, '--in-place', first, ...rest]
      : [program, first, '--in-place', ...rest]
  },
})

/** Makes the change and expects that only the content is different, and that nothing but a backup of `fix` is left. */
async function expectInPlace(change: Change, file: string, wrapper: readonly string[] = []): Promise<void> {
  const folder = file.slice(0, -basename(file).length - 1)
  const before = { inode: inode(file), names: readdirSync(folder) }
  const { status, stdout, stderr } = await make(change, file, wrapper)
  expect(status, stderr).toBe(0)
  expect(usersIn(readFileSync(file, 'utf8'))).toEqual(change.users)
  expect(inode(file)).toEqual(before.inode)
  const isBackup = (name: string): boolean => /\.bak$|-backup$/.test(name)
  expect(readdirSync(folder).filter(name => !isBackup(name))).toEqual(before.names)
  const backups = [...readdirSync(folder), ...readdirSync(temporary)].filter(isBackup)
  expect(readdirSync(temporary).filter(name => !isBackup(name))).toEqual([])
  expect(backups).toHaveLength(change.name === 'fix' ? 1 : 0)
  for (const backup of backups) expect(stdout).toContain(backup)
}

function fileOf(change: Change, folder = place.path('d'), name = 'users'): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, name)
  writeFileSync(file, change.before)
  return file
}

const byCommand = changes.filter(({ takesOptions }) => takesOptions)

describe('--in-place', () => {
  test.each(byCommand)('$name', change => expectInPlace(inPlace(change), fileOf(change)))

  test('a missing file is created', async () => {
    const created = await make(
      inPlace({ ...addBob, args: file => [addBob.args(file)[0] as string, '-cbs', file, 'bob', 'b'] }),
      place.file,
    )
    expect([created.status, usersIn(readFileSync(place.file, 'utf8'))]).toEqual([0, ['bob']])
  })

  test('UpdateOptions.inPlace', async () => {
    const file = fileOf(addBob)
    const before = inode(file)
    await HtpasswdFile.update(file, document => document.set('bob', '!'), { inPlace: true })
    expect(usersIn(readFileSync(file, 'utf8'))).toEqual(['alice', 'bob'])
    expect([inode(file), readdirSync(place.path('d'))]).toEqual([before, ['users']])
  })
})

describe('a recovery copy that a killed writer left', () => {
  const half = recoveryEnd(Buffer.from('mallory:m\n'), Buffer.from('mallory:n\n'))
  const copy = Buffer.concat([Buffer.from('mallory:m\n'), half.changed, half.footer])
  const inTemporary = (file: string): string => {
    const { dev, ino } = statSync(file)
    return join(temporary, `htpasswd-${dev}-${ino}-recovery`)
  }

  // the file of the copy was deleted, and its inode is that of another file now
  test.each(changes)('$name: one of another file with the same inode is deleted', async change => {
    const file = fileOf(change)
    writeFileSync(inTemporary(file), copy, { mode: 0o600 })
    const { status, stderr } = await make(change, file)
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('mallory')])
    expect(usersIn(readFileSync(file, 'utf8'))).toEqual(change.users)
    expect(readdirSync(temporary)).toEqual([])
  })

  test('a user of another file with the same inode is not let in', async () => {
    const file = fileOf(addBob)
    writeFileSync(inTemporary(file), copy, { mode: 0o600 })
    const env = { TMPDIR: temporary }
    const { stderr } = await run(process.execPath, [bin, '-vb', file, 'mallory', 'm'], { env })
    expect(stderr).toBe('User mallory not found\n')
    const { stdout } = await run(process.execPath, [bin, 'list', '--json', file], { env })
    expect(JSON.parse(stdout).users).toEqual([expect.objectContaining({ user: 'alice' })])
  })

  test.each(changes)(
    '$name: what another program wrote since stays, and the old content is a backup',
    async change => {
      const file = fileOf(change)
      writeFileSync(`${file}.htpasswd-recovery`, copy, { mode: 0o600 })
      expect((await make(change, file)).status).toBe(0)
      expect(usersIn(readFileSync(file, 'utf8'))).toEqual(change.users)
      expect(readFileSync(`${file}.bak`, 'utf8')).toBe('mallory:m\n')
      expect(readdirSync(place.path('d')).filter(name => !/\.bak2?$/.test(name))).toEqual(['users'])
    },
  )
})

describe('hard links', () => {
  test.each(changes)('$name: all names of the file keep its content', async change => {
    const file = fileOf(change)
    linkSync(file, place.path('other'))
    await expectInPlace(change, file)
    expect(readFileSync(place.path('other'))).toEqual(readFileSync(file))
  })

  test('writers by different names take turns', async () => {
    const names = [fileOf(addBob), place.path('other')] as const
    linkSync(...names)
    const runs = Array.from({ length: 12 }, (_, i) =>
      make(
        { ...addBob, args: file => [...addBob.args(file).slice(0, -2), `u${i}`, 'p'] },
        names[i % 2] ?? '',
      ),
    )
    for (const { status, stderr } of await Promise.all(runs)) expect(status, stderr).toBe(0)
    expect(usersIn(readFileSync(names[1], 'utf8'))).toHaveLength(13)
    expect(readdirSync(temporary)).toEqual([])
  })
})

describe.skipIf(missing)(`as another user, and in other mounts (${missing ?? 'root'})`, () => {
  test.each(byCommand)('$name --in-place: seen where only this file is mounted', async change => {
    const file = fileOf(change)
    const inside = fileOf(addBob, place.path('k'))
    const wrapper = inMounts(`mount --bind '${file}' '${inside}'
      "$@"
      exec cmp '${file}' '${inside}'`)
    const { status, stderr } = await make(inPlace(change), file, wrapper)
    expect(status, stderr).toBe(0)
    expect(usersIn(readFileSync(file, 'utf8'))).toEqual(change.users)
  })

  test.each(changes)('$name: a file that is a mount point', async change => {
    const file = fileOf(change)
    const inside = fileOf(changes[0] as Change, place.path('k'))
    const mounts = `mount --bind '${file}' '${inside}'`
    const before = inode(file)
    const { status, stderr } = await make(change, inside, inMounts(mounts))
    expect(status, stderr).toBe(0)
    expect(usersIn(readFileSync(file, 'utf8'))).toEqual(change.users)
    expect(inode(file)).toEqual(before)
    expect(readFileSync(inside, 'utf8')).toBe(addBob.before)
  })

  test.each(changes)('$name: a folder that this user cannot write', async change => {
    const file = fileOf(change)
    chownSync(file, NOBODY, NOBODY)
    await expectInPlace(change, file, as(NOBODY, NOBODY))
  })

  test.each(changes)('$name: one writable file on a read-only mount', async change => {
    const file = fileOf(change)
    const mounts = `mount --bind '${place.path('d')}' '${place.path('d')}'
      mount -o remount,ro,bind '${place.path('d')}'
      mount --bind '${fileOf(change, place.path('source'))}' '${file}'`
    const { status, stderr } = await make(change, file, inMounts(mounts))
    expect(status, stderr).toBe(0)
    expect(usersIn(readFileSync(place.path('source/users'), 'utf8'))).toEqual(change.users)
    expect(readdirSync(place.path('d'))).toEqual(['users'])
    expect(readdirSync(temporary)).toHaveLength(change.name === 'fix' ? 1 : 0)
  })

  test.each(changes)('$name: on a read-only mount, the error leaves nothing behind', async change => {
    const file = fileOf(change)
    const folder = place.path('d')
    const mounts = `mount --bind '${folder}' '${folder}'; mount -o remount,ro,bind '${folder}'`
    const { status, stderr } = await make(change, file, inMounts(mounts))
    expect([status, stderr]).toEqual([
      expect.toBeOneOf([1, 2]),
      expect.stringMatching(/read-only|read.write access/),
    ])
    expect(readFileSync(file, 'utf8')).toBe(change.before)
    expect(readdirSync(temporary).filter(name => !name.endsWith('-backup'))).toEqual([])
  })

  test.each(changes)('$name: a member of the group, in its setgid folder', async change => {
    const file = fileOf(change)
    chownSync(place.path('d'), 0, GAMES)
    chmodSync(place.path('d'), 0o2775)
    chownSync(file, 0, GAMES)
    chmodSync(file, 0o664)
    await expectInPlace(change, file, as(NOBODY, GAMES))
  })

  test.each(changes)('$name: everybody’s file in a sticky folder', async change => {
    const file = fileOf(change)
    chmodSync(place.path('d'), 0o1777)
    chmodSync(file, 0o666)
    await expectInPlace(change, file, as(NOBODY, NOBODY))
  })

  test.each(changes)('$name: root of a user namespace that does not map the owner', async change => {
    const file = fileOf(change)
    chmodSync(place.path('d'), 0o777)
    chownSync(file, 5, GAMES)
    chmodSync(file, 0o666)
    await expectInPlace(change, file, ['unshare', '-Ur'])
  })

  test.each(changes)('$name: no GNU cp, so nothing can tell whether there is an ACL', async change => {
    const file = fileOf(change)
    await expectInPlace(change, file, inMounts('mount --bind /bin/false "$(readlink -f /bin/cp)"'))
  })

  test.each([242, 251, 255])('a name of %i bytes, in a folder that can be written or not', async length => {
    for (const wrapper of [[], as(NOBODY, NOBODY)]) {
      const file = fileOf(addBob, place.path(`d${wrapper.length}`), 'a'.repeat(length))
      chownSync(file, NOBODY, NOBODY)
      await expectInPlace(addBob, file, wrapper)
    }
  })

  test('a lock and a copy of another user in the temporary folder are not believed, and named', async () => {
    const file = fileOf(addBob)
    chownSync(file, NOBODY, NOBODY)
    const { dev, ino } = statSync(file)
    const planted = join(temporary, `htpasswd-${dev}-${ino}-recovery`)
    writeFileSync(planted, 'mallory:x\n')
    chownSync(planted, 1234, 1234)
    const { status, stderr } = await make(addBob, file, as(NOBODY, NOBODY))
    expect([status, stderr]).toEqual([1, expect.stringContaining(planted)])
    expect(stderr).not.toContain('mallory:')
    expect(readFileSync(file, 'utf8')).toBe(addBob.before)
    expect(readdirSync(temporary)).toEqual([basename(planted)])
  })

  test('lock, copy and new file are private at every moment', async () => {
    const file = fileOf(addBob)
    chownSync(file, NOBODY, NOBODY)
    chmodSync(file, 0o600)
    const script = `
      import fs from 'node:fs'
      import { HtpasswdFile } from ${JSON.stringify(new URL('../../../dist/index.js', import.meta.url).href)}
      const [file, folder] = process.argv.slice(1)
      process.umask(0)
      let modes = ''
      const look = () => { for (const name of fs.readdirSync(folder)) modes += name.replace(/.*-/, '') + ' ' + (fs.statSync(folder + '/' + name).mode & 0o777).toString(8) + '\\n' }
      const timer = setInterval(look, 0)
      await HtpasswdFile.update(file, async document => { look(); document.set('bob', '!') })
      look()
      clearInterval(timer)
      process.stdout.write(modes)`
    const [program, ...args] = [
      ...as(NOBODY, NOBODY),
      process.execPath,
      '--input-type=module',
      '-e',
      script,
      '--',
      file,
      temporary,
    ]
    const { stdout, stderr } = await run(program as string, args, { env: { TMPDIR: temporary } })
    expect(stderr).toBe('')
    expect(
      new Set(
        stdout
          .trim()
          .split('\n')
          .map(line => line.split(' ')[1]),
      ),
    ).toEqual(new Set(['600']))
  })
})

// what CIFS, vfat, 9p and NFS with root_squash do
const bindfs = findProgram('bindfs')
const noFuse = rootSkipReason('bindfs', 'umount')
const refusals: [string, string[]][] = [
  ['chmod', ['--chmod-deny']],
  ['chown', ['--chown-deny', '--create-for-user=nobody', '--create-for-group=nogroup']],
  ['rename', ['--rename-deny']],
  ['extended attributes', ['--xattr-none']],
]
const canMountFuse =
  noFuse === undefined && spawnSync('sh', ['-c', 'test -r /dev/fuse && test -w /dev/fuse']).status === 0
describe.skipIf(!canMountFuse)(`a file system that refuses (${noFuse ?? '/dev/fuse'})`, () => {
  test.each(refusals.flatMap(([what, options]) => changes.map(change => ({ what, options, change }))))(
    '$what: $change.name',
    async ({ options, change }) => {
      const source = fileOf(change, place.path('source'))
      mkdirSync(place.path('m'))
      execFileSync(bindfs as string, [...options, place.path('source'), place.path('m')])
      try {
        const { status, stderr } = await make(change, place.path('m/users'))
        expect(status, stderr).toBe(0)
      } finally {
        execFileSync('umount', [place.path('m')])
      }
      expect(usersIn(readFileSync(source, 'utf8'))).toEqual(change.users)
      const left = readdirSync(place.path('source')).filter(name => name !== 'users.bak')
      expect(left).toEqual(['users'])
    },
  )
})
