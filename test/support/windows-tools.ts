// Stand-ins for Windows' own programs, so that the way to them is tested on POSIX too: scripts where Windows has them.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the tests of them can run. */
export const canStandIn = process.platform !== 'win32'

/** For this process: says that it is Windows and has these tools in `folder`, until it is disposed of. */
export function pretendWindows(folder: string): Disposable & { asked(): string[] } {
  const [platform, root] = [process.platform, process.env.SystemRoot]
  const log = join(folder, 'asked')
  mkdirSync(join(folder, 'System32'))
  writeFileSync(log, '')
  const tools = {
    whoami: `echo '"pc\\u","S-1-5-21-7"'`,
    // with the size of the file at that time
    icacls: `echo "$(wc -c <"$1" | tr -d ' ') $*" >>'${log}'`,
  }
  for (const [name, script] of Object.entries(tools)) {
    const path = join(folder, 'System32', `${name}.exe`)
    writeFileSync(path, `#!/bin/sh\n${script}\n`)
    chmodSync(path, 0o755)
  }
  process.env.SystemRoot = folder
  Object.defineProperty(process, 'platform', { value: 'win32' })
  return {
    asked: () => readFileSync(log, 'utf8').trimEnd().split('\n'),
    [Symbol.dispose]: () => {
      Object.defineProperty(process, 'platform', { value: platform })
      if (root === undefined) delete process.env.SystemRoot
      else process.env.SystemRoot = root
    },
  }
}
