// What every server that reads password files has to do with ours.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startServer } from './servers.ts'

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))
const flags = ['-m', '-B', '-2', '-5', '-s', '-d']
const password = 'pässwörd'

export function serverAcceptsOurFiles(name: 'nginx' | 'apache2'): void {
  let folder: string
  let server: Server
  const htpasswd = (...words: string[]): void => {
    const { status, stderr } = spawnSync(process.execPath, [bin, ...words], { cwd: folder, encoding: 'utf8' })
    expect({ status, stderr }).toMatchObject({ status: 0 })
  }
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'server-'))
    // the server's own user has to get in
    chmodSync(folder, 0o755)
    htpasswd('-cb', 'users', 'first', 'x')
    for (const flag of flags) htpasswd('-b', flag, 'users', `user${flag}`, password)
    server = await startServer(name, folder, join(folder, 'users'))
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test.each(flags)('a user added with %s can log in with the password, and with no other', async flag => {
    expect(await server.login(`user${flag}`, password)).toBe(200)
    expect(await server.login(`user${flag}`, 'wrong')).toBe(401)
    expect(await server.login('nobody', password)).toBe(401)
  })

  test('an update, a deletion and a new user count at the next request', async () => {
    htpasswd('-bB', 'users', 'user-s', 'new')
    htpasswd('-D', 'users', 'user-m')
    htpasswd('-b', 'users', 'zoë', 'z')
    expect(await server.login('user-s', 'new')).toBe(200)
    expect(await server.login('user-s', password)).toBe(401)
    expect(await server.login('user-m', password)).toBe(401)
    expect(await server.login('zoë', 'z')).toBe(200)
  })

  test('users with CRLF newlines or a third field can log in, also after an update', async () => {
    const hash = '{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM='
    writeFileSync(join(folder, 'users'), `# from Windows\r\nrest:${hash}:Rest:staff\r\ncrlf:${hash}\r\n`)
    htpasswd('-bs', 'users', 'rest', 'new')
    htpasswd('-b', 'users', 'added', 'pw')
    expect(await server.login('rest', 'new')).toBe(200)
    expect(await server.login('rest', 'pw')).toBe(401)
    for (const user of ['crlf', 'added']) {
      expect(await server.login(user, 'pw')).toBe(200)
      expect(await server.login(user, 'wrong')).toBe(401)
    }
  })
}
