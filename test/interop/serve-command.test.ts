// `htpasswd serve` from outside, as the built command: certificates that change, a port that is taken, Ctrl-C, an app of its own.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/hash/hash-password.ts'
import {
  eventually,
  findProgram,
  freePort,
  type Program,
  skipReason,
  startProgram,
} from '../support/outside-program.ts'
import { ask, basic } from '../support/raw-client.ts'

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'serve-command-'))
const login = basic('ann', 'wonderland')
const running: Program[] = []

beforeAll(async () => {
  writeFileSync(join(folder, 'users'), `ann:${await hashPassword('wonderland', { cost: 5 })}\n`)
})
afterEach(async () => {
  for (const program of running.splice(0)) await program[Symbol.asyncDispose]()
})
afterAll(() => rmSync(folder, { recursive: true }))

function serve(...words: string[]): Program {
  const program = startProgram(process.execPath, [bin, 'serve', 'users', ...words], { cwd: folder })
  running.push(program)
  return program
}

const said = (program: Program, text: string): Promise<string> =>
  eventually(text, () => (program.output().includes(text) ? program.output() : undefined))

describe.skipIf(skipReason({ openssl: findProgram('openssl') }))('with certificates of openssl', () => {
  const makePair = (name: string): void => {
    const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`)]
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    execFileSync('openssl', ['req', '-x509', ...key, ...files, '-subj', `/CN=${name}`, '-days', '1'], {
      stdio: 'ignore',
    })
  }
  const use = (name: string): void => {
    for (const end of ['key', 'pem'])
      copyFileSync(join(folder, `${name}.${end}`), join(folder, `live.${end}`))
  }
  const nameAt = async (port: number): Promise<string | undefined> => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const { CN } = socket.getPeerCertificate().subject
    socket.destroy()
    return CN as string
  }

  test('a renewed certificate is used for new connections, one that does not match its key is not', async () => {
    makePair('one')
    makePair('two')
    use('one')
    const port = await freePort()
    const program = serve(
      '--demo',
      '--listen',
      String(port),
      '--tls-cert',
      'live.pem',
      '--tls-key',
      'live.key',
    )
    expect(await said(program, 'Guarding')).toContain(`https://127.0.0.1:${port}`)
    expect((await ask({ port, tls: true, headers: [login] })).status).toBe(200)
    expect(await nameAt(port)).toBe('one')
    copyFileSync(join(folder, 'two.pem'), join(folder, 'live.pem'))
    await said(program, 'the old certificate stays in use')
    expect(await nameAt(port)).toBe('one')
    use('two')
    await eventually('the new one', async () => ((await nameAt(port)) === 'two' ? true : undefined))
    await said(program, 'new connections get the new certificate')
  })
})

test.skipIf(process.platform !== 'linux')(
  'a port in use: who has it, and the next free one, which works',
  async () => {
    const port = await freePort()
    const first = serve('--demo', '--listen', String(port))
    await said(first, 'Guarding')
    const second = serve('--demo', '--listen', String(port))
    expect(await second.ended).toBe(1)
    const [, owner, advice = ''] =
      /in use by (.*); stop it, or use the next free port: (.*)/.exec(second.output()) ?? []
    expect(owner).toMatch(new RegExp(`\\(process ${first.process.pid}\\)$`))
    const third = serve('--demo', ...advice.split(' '))
    await said(third, 'Guarding')
  },
)

test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it with status 0',
  async signal => {
    const program = serve('--demo', '--listen', '0')
    await said(program, 'Guarding')
    program.process.kill(signal)
    expect(await program.ended).toBe(0)
    expect(program.output()).toContain('stopping')
  },
)

test('on other addresses than loopback it lists each one and warns of plain HTTP', async () => {
  const program = serve('--demo', '--listen', '0.0.0.0:0')
  const output = await said(program, 'plain HTTP')
  const outside = Object.values(networkInterfaces())
    .flatMap(list => list ?? [])
    .filter(one => one.family === 'IPv4')
  for (const { address } of outside) expect(output).toContain(`http://${address}:`)
})

describe('an app behind --', () => {
  const app = (host: string): string =>
    `console.log('the app says hello');
     require('http').createServer((q, r) => r.end('from the app')).listen(Number(process.argv.at(-1)), ${JSON.stringify(host)})`

  test('is started with its arguments and guarded, with a warning about the address that it listens on', async () => {
    const appPort = String(await freePort())
    const port = await freePort()
    const command = [process.execPath, '-e', app('0.0.0.0'), '--', '--host', '0.0.0.0', '--port', appPort]
    const program = serve('--listen', String(port), '--', ...command)
    const output = await said(program, 'Guarding')
    expect(output).toContain('the app says hello')
    expect((await ask({ port, headers: [login] })).text).toBe('from the app')
    expect(output).toMatch(/warning: the app is reachable past the guard, without a password/)
  })

  test('on loopback there is no warning', async () => {
    const appPort = String(await freePort())
    const command = [process.execPath, '-e', app('127.0.0.1'), '--', '--port', appPort]
    const program = serve('--listen', '0', '--', ...command)
    expect(await said(program, 'Guarding')).not.toContain('reachable past the guard')
  })
})
