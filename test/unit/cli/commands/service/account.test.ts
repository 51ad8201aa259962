// Which account a systemd service gets, by files of several owners and modes.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { accountOf } from '../../../../../src/cli/commands/service/account.ts'

const uid = 4321
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'account-'))
  chmodSync(folder, 0o755)
})
afterEach(() => rmSync(folder, { recursive: true }))

const file = (name: string, mode: number, owner = uid): string => {
  const path = join(folder, name)
  writeFileSync(path, '')
  chmodSync(path, mode)
  chownSync(path, owner, owner)
  return path
}
const service = (passwordFile: string, reads: string[] = [], startsApp = false) => ({
  passwordFile,
  reads,
  startsApp,
  folder,
})

// only root gives files away
describe.skipIf(process.getuid?.() !== 0)('as root', () => {
  test('files that everybody reads need no account', () => {
    expect(accountOf(service(file('users', 0o644)))).toBeUndefined()
  })

  test.each([
    ['a closed password file', 0o600, 0o644],
    ['a password file for its group', 0o640, 0o644],
    ['a closed key', 0o644, 0o600],
  ])('%s is read as its owner', (_, mode, keyMode) => {
    expect(accountOf(service(file('users', mode), [file('key', keyMode)]))).toEqual({ uid, gid: uid })
  })

  test('a closed folder above counts too', () => {
    mkdirSync(join(folder, 'home'), { mode: 0o700 })
    const users = join(folder, 'home', 'users')
    writeFileSync(users, '', { mode: 0o644 })
    for (const path of [users, join(folder, 'home')]) chownSync(path, uid, uid)
    expect(accountOf(service(users))).toEqual({ uid, gid: uid })
  })

  test('what only root reads is refused with the way out', () => {
    const users = file('users', 0o600, 0)
    expect(() => accountOf(service(users))).toThrow(
      expect.objectContaining({
        code: 'ERR_FILE_ACCESS',
        message: `${users} belongs to root, and the guard must not run as root; change the owner: chown NAME ${users}, or let every account read it: chmod 644 ${users}`,
      }),
    )
  })

  test('a file that the account cannot read is named', () => {
    const key = file('key', 0o600, uid + 1)
    expect(() => accountOf(service(file('users', 0o600), [key]))).toThrow(`cannot read ${key}`)
  })

  test('an app runs as the owner of its folder, which must not be root', () => {
    const users = file('users', 0o644, 0)
    expect(() => accountOf(service(users, [], true))).toThrow(`${folder} belongs to root`)
    chownSync(folder, uid, uid)
    expect(accountOf(service(users, [], true))).toEqual({ uid, gid: uid })
  })
})
