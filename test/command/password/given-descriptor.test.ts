// Descriptors that were opened for us, and those that Node has for itself, in whatever process it is asked.
import { spawnSync } from 'node:child_process'
import { closeSync, fstatSync, mkdtempSync, openSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isGivenDescriptor } from '../../../src/cli/password/given-descriptor.ts'

test('an open file is given, a closed one is not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'descriptor-'))
  const fd = openSync(join(folder, 'file'), 'w')
  expect(isGivenDescriptor(fd)).toBe(true)
  closeSync(fd)
  expect(isGivenDescriptor(fd)).toBe(false)
  expect(isGivenDescriptor(999_999)).toBe(false)
  rmSync(folder, { recursive: true })
})

test.skipIf(process.platform !== 'linux')(
  'none of Node’s own is given, and reading them is not tried',
  () => {
    const own: string[] = []
    for (let fd = 3; fd < 64; fd++) {
      try {
        const [kind, { ino }] = [readlinkSync(`/proc/self/fd/${fd}`), fstatSync(fd)]
        // an epoll or eventfd, or a pipe of which both ends are here
        const ends = (): number[] =>
          Array.from({ length: 64 }, (_, one) => one).filter(one => {
            try {
              return one > 2 && fstatSync(one).ino === ino
            } catch {
              return false
            }
          })
        if (!(kind.startsWith('anon_inode') || (kind.startsWith('pipe') && ends().length > 1))) continue
        own.push(kind)
        expect(isGivenDescriptor(fd), `${fd} ${kind}`).toBe(false)
      } catch {
        // not open
      }
    }
    expect(own.length).toBeGreaterThan(2)
  },
)

test.skipIf(process.platform === 'win32').each([
  ['a pipe', 'printf x | "$0" --eval "$1" 3<&0'],
  ['a pipe under two numbers', 'printf x | "$0" --eval "$1" 3<&0 4<&0'],
  ['a device', '"$0" --eval "$1" 3</dev/null'],
  ['nothing', '"$0" --eval "$1" 3<&-'],
])('%s', (name, line) => {
  const module = new URL('../../../dist/cli/password/given-descriptor.js', import.meta.url).href
  const code = `import(${JSON.stringify(module)}).then(m => console.log(m.isGivenDescriptor(3)))`
  const { stdout, stderr } = spawnSync('sh', ['-c', line, process.execPath, code], { encoding: 'utf8' })
  expect({ stdout, stderr }).toEqual({ stdout: `${name !== 'nothing'}\n`, stderr: '' })
})
