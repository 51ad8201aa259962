// There is no default user and no default password (CVE-2026-2635: MLflow came with admin and password1234).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeFirstUser } from '../../src/cli/commands/serve/login/first-user.ts'
import { openUsers } from '../../src/cli/commands/serve/login/users.ts'
import { parseServe } from '../../src/cli/commands/serve/request.ts'
import type { Io } from '../../src/cli/terminal/io.ts'
import { verifyPassword } from '../../src/hash/hash-password.ts'
import { runBin, withUsers } from '../support/password-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'default-password-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('without a file the guard does not start', async () => {
  await expect(openUsers(join(folder, 'none'))).rejects.toThrow(/there is no such file/)
})

test.each(['', '# nobody yet\n', 'admin:\n', 'admin:password1234\n'])('nor with %j', async text => {
  await withUsers(text, async file => {
    const { status } = await runBin(['serve', file, '--demo', '--listen', '0'])
    expect(status).not.toBe(0)
  })
})

test('--init makes another password each time, and no well-known one', async () => {
  const io = {
    err: () => {},
    deliver: () => {},
    canDeliver: () => true,
    openTerminal: () => undefined,
  } as unknown as Io
  const hashes: string[] = []
  for (const name of ['one', 'two']) {
    await makeFirstUser(join(folder, name), parseServe(['--demo'], {}).values, io)
    hashes.push(readFileSync(join(folder, name), 'utf8').trim().split(':')[1] ?? '')
  }
  for (const hash of hashes)
    for (const guess of ['', 'admin', 'password', 'password1234'])
      expect(await verifyPassword(guess, hash)).toBe(false)
  expect(hashes[0]).not.toBe(hashes[1])
})
