// What a new user comes with: a file that Apache's command made, edited in Notepad, with a name pasted twice and a user of
// long ago, and what it takes until nginx and the guard let everybody in.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  findProgram,
  freePort,
  skipReason,
  startProgram,
  untilListening,
} from '../support/outside-program.ts'
import { startServer } from './servers.ts'

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))
const apache = findProgram('htpasswd')
const nginx = findProgram('nginx')

const passwords = { alice: 'wonderland', bob: 'builder', jörg: 'straße', carol: 'newer' }

describe.skipIf(process.platform === 'win32' || skipReason({ 'Apache’s htpasswd': apache, nginx }))(
  'an old file',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'old-file-'))
    const file = join(folder, 'users')
    const run = (program: string, words: readonly string[]) => {
      const { status, stdout } = spawnSync(program, words, { cwd: folder, encoding: 'utf8' })
      return { status, stdout }
    }
    const ours = (...words: string[]) => run(process.execPath, [bin, ...words])
    const apaches = (...words: string[]) => expect(run(apache ?? '', words).status).toBe(0)
    const codes = (...words: string[]): string[] => {
      const { problems } = JSON.parse(ours('check', 'users', '--json', ...words).stdout) as {
        problems: { line: number; code: string }[]
      }
      return problems.map(({ line, code }) => `${line} ${code}`)
    }

    beforeAll(() => {
      chmodSync(folder, 0o755)
      apaches('-cb', 'users', 'alice', passwords.alice)
      apaches('-bB', 'users', 'bob', passwords.bob)
      apaches('-b5', 'users', 'jörg', passwords.jörg)
      apaches('-bd', 'users', 'carol', 'older')
      const text = readFileSync(file, 'utf8')
      const again = text.split('\n').find(line => line.startsWith('bob:'))
      writeFileSync(file, `\ufeff${text}${again}`.replaceAll('\n', '\r\n'))
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    test('check finds what is wrong with it', () => {
      expect(codes()).toEqual(['1 bom', '1 crlf', '4 broken-hash', '5 no-final-newline', '5 duplicate-user'])
      expect(ours('check', 'users').status).toBe(1)
      expect(codes('--for', 'nginx')).toContain('1 cannot-log-in')
    })

    test('fix repairs everything but a record that needs a new password', () => {
      expect(ours('fix', 'users', '--yes').status).toBe(0)
      expect(codes()).toEqual(['4 broken-hash'])
      expect(ours('-bB', '-C', '10', 'users', 'carol', passwords.carol).status).toBe(0)
      expect(ours('check', 'users', '--for', 'nginx')).toEqual({
        status: 0,
        stdout: '0 problems\nnginx: every user can log in\n',
      })
    })

    test('list shows the users with a weak hash', () => {
      const { users } = JSON.parse(ours('list', 'users', '--json').stdout) as {
        users: { user: string; format: string; strength: string }[]
      }
      expect(users.map(({ user, format, strength }) => [user, format, strength])).toEqual([
        ['alice', 'apr1', 'weak'],
        ['bob', 'bcrypt', 'weak'],
        ['jörg', 'sha512crypt', 'strong'],
        ['carol', 'bcrypt', 'strong'],
      ])
    })

    test('all users can log in at Apache’s command, nginx and the guard, and nobody else can', async () => {
      for (const [user, password] of Object.entries(passwords)) apaches('-vb', 'users', user, password)
      const server = await startServer('nginx', folder, file)
      const port = await freePort()
      await using guard = startProgram(
        process.execPath,
        [bin, 'serve', 'users', '--demo', '--listen', `127.0.0.1:${port}`],
        { cwd: folder },
      )
      try {
        await untilListening(port, guard)
        const guarded = async (user: string, password: string): Promise<number> => {
          const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
          return (await fetch(`http://127.0.0.1:${port}/`, { headers: { authorization } })).status
        }
        for (const [user, password] of Object.entries(passwords)) {
          expect([user, await server.login(user, password), await guarded(user, password)]).toEqual([
            user,
            200,
            200,
          ])
        }
        expect([await server.login('carol', 'older'), await guarded('carol', 'older')]).toEqual([401, 401])
      } finally {
        await server.stop()
      }
    })
  },
)
