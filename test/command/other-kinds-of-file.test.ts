// Digest files (htdigest) and group files (AuthGroupFile) through every command that writes records: refused, left as they
// are. `fix` repairs their newlines alone: one user may have a line for each realm, and a group several.
import { expect, test } from 'vitest'
import { readFolder, runBin, withFolder } from '../support/run.ts'

const files = {
  digest: 'alice:Private:5d41402abc4b2a76b9719d911017c592\nbob:Private:6d41402abc4b2a76b9719d911017c592\n',
  group: 'admins: alice bob\nstaff: carol\n',
}

/** With a user or group that the file has, and with one that it has not. */
const writes: readonly (readonly string[])[] = [
  ['-b', 'FILE', 'alice', 'pw'],
  ['-bB', 'FILE', 'dora', 'pw'],
  ['-b', '--in-place', 'FILE', 'alice', 'pw'],
  ['-D', 'FILE', 'alice'],
  ['-D', 'FILE', 'admins'],
  ['--generate', 'FILE', 'dora'],
  ['import', 'FILE', 'new.csv'],
  ['import', '--on-conflict', 'update', 'FILE', 'new.csv'],
]

const table = Object.keys(files).flatMap(kind => writes.map(argv => [kind, argv.join(' '), argv] as const))

test.each(table)('a %s file is refused: htpasswd %s', async (kind, _, argv) => {
  const content = { FILE: files[kind as keyof typeof files], 'new.csv': 'name,password\ndora,secret-1234\n' }
  await withFolder(content, async folder => {
    const { status, stderr } = await runBin(argv, { cwd: folder })
    expect(stderr).toContain(`a ${kind} file`)
    expect(status).toBe(7)
    expect(readFolder(folder)).toEqual(content)
  })
})

test.each(Object.entries(files))(
  'fix repairs the newlines of a %s file and keeps every line',
  async (_, text) => {
    const twice = text + text
    await withFolder({ FILE: twice.replaceAll('\n', '\r\n') }, async folder => {
      expect((await runBin(['fix', '--yes', 'FILE'], { cwd: folder })).status).toBe(0)
      expect(readFolder(folder).FILE).toBe(twice)
    })
  },
)
