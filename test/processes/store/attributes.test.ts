// An update leaves on the file what hangs on its inode: owner, mode, ACL, extended attributes, whichever way it is made.
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Change, changes, rootSkipReason, usersIn } from '../../support/changes.ts'
import { run } from '../../support/run.ts'
import { scratch } from '../../support/scratch.ts'

const place = scratch()
const missing = rootSkipReason('setfacl', 'setfattr')

const lines = (program: string, ...args: string[]): string[] =>
  execFileSync(program, args, { encoding: 'utf8' }).trim().split('\n').filter(Boolean)
/** Everything but the content. The option -m - shows attributes of all namespaces. */
function everythingOn(path: string): object {
  const { uid, gid, mode } = statSync(path)
  const attributes = lines('getfattr', '--absolute-names', '-d', '-m', '-', path).slice(1).sort()
  return { uid, gid, mode, acl: lines('getfacl', '-cp', path), attributes }
}

async function change({ args, stdin = '', users }: Change, file: string): Promise<void> {
  const { status, stderr } = await run(process.execPath, args(file), { stdin })
  expect(status, stderr).toBe(0)
  expect(usersIn(readFileSync(file, 'utf8'))).toEqual(users)
}

describe.skipIf(missing)(`what is on the inode (${missing ?? 'root'})`, () => {
  test.each(changes)(
    '$name keeps ACL, mask, user.* and SELinux label of a file that others own',
    async way => {
      writeFileSync(place.file, way.before)
      chownSync(place.file, 65534, 60)
      chmodSync(place.file, 0o600)
      lines('setfacl', '-m', 'u:33:rw,u:10:r,g:33:r,m::rw', place.file)
      lines('setfattr', '-n', 'user.note', '-v', 'kept', place.file)
      lines('setfattr', '-n', 'security.selinux', '-v', 'system_u:object_r:container_file_t:s0', place.file)
      const before = everythingOn(place.file)
      const { ino } = statSync(place.file)
      await change(way, place.file)
      expect(everythingOn(place.file)).toEqual(before)
      // it was replaced: the attributes were carried over
      expect(statSync(place.file).ino).not.toBe(ino)
    },
  )

  test.each(changes)('$name takes no entries from a default ACL of the folder', async way => {
    writeFileSync(place.file, way.before)
    chmodSync(place.file, 0o640)
    lines('setfacl', '-d', '-m', 'u:33:rwx,g:60:rwx,o::r', place.folder)
    const before = everythingOn(place.file)
    await change(way, place.file)
    expect(everythingOn(place.file)).toEqual(before)
    expect(lines('getfacl', '-cp', place.file)).toEqual(['user::rw-', 'group::r--', 'other::---'])
  })

  test('a backup of `fix` gets no entries from it either', async () => {
    const fix = changes.find(({ name }) => name === 'fix') as Change
    writeFileSync(place.file, fix.before)
    lines('setfacl', '-d', '-m', 'u:33:rwx', place.folder)
    await change(fix, place.file)
    // the mask: nobody but the owner, whatever the entries say
    expect(statSync(`${place.file}.bak`).mode & 0o777).toBe(0o600)
  })

  test('`fix` takes write permission from others, and keeps the entries of the ACL', async () => {
    writeFileSync(place.file, 'alice:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n')
    lines('setfacl', '-m', 'u:33:r', place.file)
    chmodSync(place.file, 0o646)
    expect((await run(process.execPath, changes[3]?.args(place.file) ?? [])).status).toBe(0)
    expect(lines('getfacl', '-cp', place.file)).toEqual([
      'user::rw-',
      'user:www-data:r--',
      'group::r--',
      'mask::r--',
      'other::r--',
    ])
  })
})
