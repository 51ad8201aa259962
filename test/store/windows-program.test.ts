// Windows' own programs are named by their full path.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemProgram } from '../../src/store/windows-program.ts'

test.each([
  [{ SystemRoot: 'D:\\WINNT' }, 'D:\\WINNT'],
  [{}, 'C:\\Windows'],
])('with %j it is under %s', (env, root) => {
  expect(systemProgram('icacls', env)).toBe(join(root, 'System32', 'icacls.exe'))
})
