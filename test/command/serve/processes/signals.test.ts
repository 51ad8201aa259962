// The signals of a running guard, in one process and with workers: what administrators and log rotation send.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { eventually, freePort, startProgram } from '../../../support/outside-program.ts'
import { ask, basic } from '../../../support/raw-client.ts'

const bin = fileURLToPath(new URL('../../../../bin/htpasswd.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'serve-signals-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'users'), 'bob:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n')
const login = basic('bob', 'password')

/** The processes that a process has started, by Linux's list. */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number)

describe.skipIf(process.platform === 'win32').each([1, 2])('with --workers %i', workers => {
  test('USR1 opens no debugger, USR2 ends nothing, HUP reads all files again, QUIT stops it in order', async () => {
    const port = await freePort()
    const config = join(folder, `config-${workers}.json`)
    const configure = (options: object): void =>
      writeFileSync(config, JSON.stringify({ demo: true, listen: String(port), workers, ...options }))
    configure({ realm: 'first' })
    const program = startProgram(process.execPath, [bin, 'serve', 'users', '--config', config], {
      cwd: folder,
    })
    const until = (text: string) =>
      eventually(text, () => (program.output().includes(text) ? program.output() : undefined))
    try {
      await until('Guarding')
      const pid = program.process.pid as number
      const processes = [pid, ...(process.platform === 'linux' ? childrenOf(pid) : [])]
      expect(processes).toHaveLength(process.platform === 'linux' && workers > 1 ? 1 + workers : 1)
      for (const one of processes) for (const signal of ['SIGUSR1', 'SIGUSR2']) process.kill(one, signal)

      writeFileSync(
        join(folder, 'users'),
        readFileSync(join(folder, 'users'), 'latin1').replace('bob', 'ann'),
      )
      configure({ realm: 'second', 'allow-path': ['/open'], 'max-failures': 3 })
      program.process.kill('SIGHUP')
      await until('--realm, --allow-path changed')
      expect(program.output()).toContain('users was read again: 1 user')
      expect(program.output()).toContain(
        `warning: ${config} changes --max-failures, which takes effect at the next start`,
      )
      await eventually('the new options', async () => {
        const { headers } = await ask({ port })
        return headers['www-authenticate']?.includes('realm="second"') || undefined
      })
      expect((await ask({ port, path: '/open' })).status).toBe(200)
      expect((await ask({ port, headers: [login] })).status).toBe(401)
      expect((await ask({ port, headers: [basic('ann', 'password')] })).status).toBe(200)

      configure({ prefix: 'wrong' })
      program.process.kill('SIGHUP')
      await until('expected a path like /mlflow, got "wrong"; the options stay as they were')
      expect((await ask({ port, path: '/open' })).status).toBe(200)

      expect(program.output()).not.toMatch(/debugger/i)
      program.process.kill('SIGQUIT')
      expect(await program.ended).toBe(0)
      expect(program.output()).toContain('received SIGQUIT; stopping')
    } finally {
      await program[Symbol.asyncDispose]()
      writeFileSync(join(folder, 'users'), 'bob:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n')
    }
  })
})
