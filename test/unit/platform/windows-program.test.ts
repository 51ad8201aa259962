// Windows' own programs are named by their full path.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runSystemProgram, systemProgram } from '../../../src/platform/windows-program.ts'

test.each([
  [{ SystemRoot: 'D:\\WINNT' }, 'D:\\WINNT'],
  [{}, 'C:\\Windows'],
])('with %j it is under %s', (env, root) => {
  expect(systemProgram('icacls', env)).toBe(join(root, 'System32', 'icacls.exe'))
})

test.each([
  ['that is missing', []],
  // node throws at once for this one, as for what CreateProcess fails with under load ("spawn UNKNOWN")
  ['that cannot be started', ['\0']],
])('a program %s is a rejection, never thrown', async (_name, args) => {
  await expect(runSystemProgram('no-such-tool', args, 1000)).rejects.toThrow()
})
