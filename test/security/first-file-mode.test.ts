// The file that `serve --init` creates is private from its first byte on: it was 0666 less the umask until a later chmod, and
// the hash could be read in between.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { makeFirstUser } from '../../src/cli/commands/serve/login/first-user.ts'
import { parseServe } from '../../src/cli/commands/serve/request.ts'
import type { Io } from '../../src/cli/terminal/io.ts'

const folder = mkdtempSync(join(tmpdir(), 'first-file-mode-'))
const umask = process.umask(0o022)
afterEach(() => {
  process.umask(umask)
  rmSync(folder, { recursive: true })
})

test.skipIf(process.platform === 'win32')('no file of it can be read by others at any moment', async () => {
  const io = {
    err: () => {},
    deliver: () => {},
    canDeliver: () => true,
    openTerminal: () => undefined,
  } as unknown as Io
  let isDone = false
  const made = makeFirstUser(join(folder, 'users'), parseServe(['--demo'], {}).values, io).finally(() => {
    isDone = true
  })
  const seen = new Map<string, number>()
  while (!isDone) {
    for (const name of readdirSync(folder)) {
      // the lock holds no secret
      const stats = statSync(join(folder, name), { throwIfNoEntry: false })
      if (stats !== undefined && !name.endsWith('-lock')) seen.set(name, (seen.get(name) ?? 0) | stats.mode)
    }
    await turn()
  }
  await made
  expect(statSync(join(folder, 'users')).mode & 0o777).toBe(0o600)
  for (const [name, mode] of seen) expect([name, mode & 0o077]).toEqual([name, 0])
})
