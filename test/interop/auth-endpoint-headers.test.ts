// The header that names the user, behind real proxies: under another name, and with the short form of Caddy's configuration.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/hash/hash-password.ts'
import {
  freePort,
  type Program,
  skipReason,
  startProgram,
  untilListening,
} from '../support/outside-program.ts'
import { ask, basic } from '../support/raw-client.ts'
import { StubUpstream } from '../support/stub-upstream.ts'
import { type ProxyProgram, proxyPrograms, startProxy } from './auth-proxies.ts'

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'auth-headers-'))
const app = new StubUpstream()
const ann = basic('ann', 'pw')
const programs: Program[] = []
const guards = { 'Remote-User': 0, 'X-User': 0 }

beforeAll(async () => {
  writeFileSync(join(folder, 'users'), `ann:${await hashPassword('pw', { cost: 5 })}\n`)
  await app.listen()
  const endpoints = Object.values(proxyPrograms).flatMap(({ endpoint }) => ['--auth-endpoint', endpoint])
  for (const header of Object.keys(guards) as (keyof typeof guards)[]) {
    const port = await freePort()
    const options = ['--trust-proxy', '127.0.0.1', '--user-header', header, '--listen', `127.0.0.1:${port}`]
    const guard = startProgram(process.execPath, [bin, 'serve', 'users', ...endpoints, ...options], {
      cwd: folder,
    })
    programs.push(guard)
    await untilListening(port, guard)
    guards[header] = port
  }
})
afterAll(async () => {
  for (const program of programs) await program[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => app.reset())

describe.each(Object.entries<ProxyProgram>(proxyPrograms))('%s', (name, proxy) => {
  const missing = skipReason({ [name]: proxy.program })

  test.skipIf(missing)('X-User in place of Remote-User, and X_User and X.User of the client', async () => {
    await using started = await startProxy(proxy, {
      guards: [guards['X-User']],
      app: app.port,
      userHeader: 'X-User',
    })
    const { port } = started
    const spoofed = ['X-User', 'x-user', 'X_User', 'X_USER', 'X.User'].map(
      header => [header, 'root'] as const,
    )
    expect((await ask({ port, headers: spoofed })).status).toBe(401)
    expect(app.seen).toEqual([])
    expect((await ask({ port, headers: [ann, ...spoofed] })).status).toBe(200)
    expect(app.only.all('x-user')).toEqual(['ann'])
    for (const alias of ['x_user', 'x.user']) expect(app.only.all(alias)).toEqual([])
  })
})

const caddys = { 'Caddy 2.6': false, 'Caddy 2.11.1': true } as const

describe.each(Object.entries(caddys))('forward_auth of %s', (name, keepsHeaders) => {
  const { program, command } = proxyPrograms[name as keyof typeof caddys]

  test.skipIf(skipReason({ [name]: program }))('replaces what the client sent', async () => {
    const port = await freePort()
    const path = join(folder, 'Caddyfile')
    writeFileSync(
      path,
      `{
	admin off
}
http://127.0.0.1:${port} {
	forward_auth 127.0.0.1:${guards['Remote-User']} {
		uri /.htpasswd/auth/caddy
		copy_headers Remote-User Remote-Groups X-Absent
	}
	reverse_proxy 127.0.0.1:${app.port}
}
`,
    )
    const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
    await using proxy = startProgram(program as string, command(path), { cwd: folder, env })
    await untilListening(port, proxy)
    const spoofed = ['Remote-User', 'Remote-Groups', 'X-Absent'].map(header => [header, 'root'] as const)
    expect((await ask({ port, headers: spoofed })).status).toBe(401)
    expect(app.seen).toEqual([])
    expect((await ask({ port, headers: [ann, ...spoofed] })).status).toBe(200)
    expect([app.only.all('remote-user'), app.only.all('remote-groups')]).toEqual([['ann'], ['-']])
    // CVE-2026-30851: this version keeps a client's header that the answer does not have
    expect(app.only.all('x-absent').includes('root')).toBe(keepsHeaders)
  })
})
