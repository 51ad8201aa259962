// The classic command's whole table on Windows' own Node, each row a process: the same statuses, texts and files.
import { describe, expect, test } from 'vitest'
import { cases } from '../cli/cases.ts'
import { maskSalts, readFolder, withFolder } from '../cli/run.ts'
import { noWindows, runWindowsBin, useWindows } from './windows.ts'

describe.skipIf(noWindows !== undefined)(`on Windows${noWindows ? ` (${noWindows})` : ''}`, () => {
  useWindows()

  test.each(cases.filter(({ posix }) => !posix))(
    '$rule',
    async ({ args, stdin, files = {}, status, stdout = '', stderr = '', after }) => {
      await withFolder(files, async folder => {
        const run = await runWindowsBin(args, { cwd: folder, stdin })
        expect({ ...run, stdout: maskSalts(run.stdout) }).toEqual({
          status,
          stdout,
          stderr: typeof stderr === 'string' ? stderr : expect.stringMatching(stderr),
        })
        const left = Object.entries(readFolder(folder)).map(([name, text]) => [name, maskSalts(text)])
        expect(Object.fromEntries(left)).toEqual(after ?? files)
      })
    },
  )
})
