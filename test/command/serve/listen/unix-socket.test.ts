// `serve --listen unix:/path`: permissions, what a dead process left behind, clients without an address; and several
// addresses, by one process and by workers.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { listenAt, removeStaleSockets } from '../../../../src/cli/commands/serve/listen/listen.ts'
import { hashPassword } from '../../../../src/hash/hash-password.ts'
import { makeCertificate, openssl } from '../../../support/certificate.ts'
import {
  eventually,
  freePort,
  type Program,
  skipReason,
  startProgram,
} from '../../../support/outside-program.ts'
import { basic } from '../../../support/raw-client.ts'

const bin = fileURLToPath(new URL('../../../../bin/htpasswd.js', import.meta.url))

interface Asked {
  readonly path?: string
  readonly socketPath?: string
  readonly port?: number
  readonly headers?: Record<string, string>
  readonly tls?: boolean
}

const ask = async ({ tls = false, ...options }: Asked): Promise<number | undefined> => {
  const sent = (tls ? httpsRequest : request)({
    host: '127.0.0.1',
    agent: false,
    rejectUnauthorized: false,
    ...options,
  } as never).end()
  const [response] = await once(sent, 'response')
  response.resume()
  return response.statusCode
}

const login = { authorization: basic('ann', 'secret')[1] }

describe.skipIf(process.platform === 'win32')('Unix sockets', () => {
  let folder: string
  const running: Program[] = []
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'serve-socket-'))
    writeFileSync(join(folder, 'users'), `ann:${await hashPassword('secret', { format: 'sha1' })}\n`)
  })
  afterEach(async () => {
    for (const program of running.splice(0)) await program[Symbol.asyncDispose]()
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const start = (...args: string[]): Program => {
    const program = startProgram(process.execPath, [bin, 'serve', 'users', '--demo', ...args], {
      cwd: folder,
    })
    running.push(program)
    return program
  }
  const started = async (...args: string[]): Promise<Program> => {
    const program = start(...args)
    await eventually('the start', () => (program.output().includes('Guarding') ? true : undefined))
    return program
  }
  const stop = async (program: Program): Promise<void> => {
    program.process.kill('SIGTERM')
    expect(await program.ended).toBe(0)
  }

  /** A socket whose process was killed: the file stays. */
  const leaveBehind = async (path: string): Promise<void> => {
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(existsSync(path)).toBe(true)
  }

  test.each([
    ['one process', []],
    ['workers', ['--workers', '2']],
  ])('with a port, by %s: both respond, the socket is removed at the end', async (name, args) => {
    const [socketPath, port] = [join(folder, `${name}.sock`), await freePort()]
    await leaveBehind(socketPath)
    const listen = ['--listen', `unix:${socketPath}`, '--listen', String(port)]
    const program = await started(...listen, '--log', 'json', ...args)
    expect(program.output()).toContain(`"urls":["unix:${socketPath}","http://127.0.0.1:${port}"]`)
    expect(statSync(socketPath).mode & 0o7777).toBe(0o660)
    const claim = { ...login, 'x-forwarded-for': '192.0.2.7' }
    for (const address of [{ socketPath }, { port }]) {
      expect(await ask(address)).toBe(401)
      expect(await ask({ ...address, headers: claim })).toBe(200)
    }
    await eventually('the log', () =>
      program.output().match(/"status":200/g)?.length === 2 ? true : undefined,
    )
    expect(program.output()).toContain('"address":"unix"')
    expect(program.output()).toContain(
      'X-Forwarded-For of unix is ignored: if that is your proxy, name it with --trust-proxy unix',
    )
    await stop(program)
    expect(existsSync(socketPath)).toBe(false)
  })

  test('--trust-proxy unix believes the proxy on the socket, and nobody on the port', async () => {
    const [socketPath, port] = [join(folder, 'proxy.sock'), await freePort()]
    const listen = ['--listen', 'unix:proxy.sock', '--listen', String(port), '--socket-mode', '600']
    const program = await started(...listen, '--trust-proxy', 'unix', '--log', 'json')
    expect(statSync(socketPath).mode & 0o7777).toBe(0o600)
    const headers = { ...login, 'x-forwarded-for': '192.0.2.7' }
    expect(await ask({ socketPath, headers })).toBe(200)
    expect(await ask({ port, headers })).toBe(200)
    const lines = await eventually('the log', () => {
      const found = program.output().match(/"address":"[^"]*"/g)
      return found?.length === 2 ? found : undefined
    })
    expect(lines).toEqual(['"address":"192.0.2.7"', '"address":"127.0.0.1"'])
  })

  test('wrong passwords over sockets count as those of one address', async () => {
    const socketPath = join(folder, 'throttle.sock')
    await started('--listen', 'unix:throttle.sock', '--max-failures', '3', '--log', 'off')
    const statuses = []
    for (let i = 0; i < 4; i++)
      statuses.push(await ask({ socketPath, headers: { authorization: basic('ann', `wrong ${i}`)[1] } }))
    expect(statuses).toEqual([401, 401, 401, 429])
  })

  test.each([
    ['one process', []],
    ['workers', ['--workers', '2']],
  ])('%s: one that somebody listens on stays, and the start fails with its name', async (_, args) => {
    const socketPath = join(folder, 'used.sock')
    const other = createServer(socket => socket.end()).listen(socketPath)
    await once(other, 'listening')
    const program = start('--listen', String(await freePort()), '--listen', 'unix:used.sock', ...args)
    expect(await program.ended).toBe(1)
    expect(program.output()).toContain(`unix:${socketPath} is already in use by another program`)
    expect(existsSync(socketPath)).toBe(true)
    other.close()
  })

  test.each([
    ['one process', []],
    ['workers', ['--workers', '2']],
  ])('%s: a second port that is in use fails the start, and is named', async (_, args) => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const program = start('--listen', '127.0.0.1:0', '--listen', `127.0.0.1:${port}`, ...args)
    expect(await program.ended).toBe(1)
    expect(program.output()).toContain(`port ${port} is already in use`)
    other.close()
  })

  test('a file that is no socket stays, and a missing folder is told', async () => {
    const [file, nowhere] = [join(folder, 'file'), join(folder, 'missing/g.sock')]
    writeFileSync(file, 'precious')
    mkdirSync(join(folder, 'folder'), { recursive: true })
    await expect(removeStaleSockets([{ path: file }])).rejects.toThrow(`${file} exists and is no socket`)
    await expect(removeStaleSockets([{ path: join(folder, 'folder') }])).rejects.toThrow('is no socket')
    await removeStaleSockets([{ path: nowhere }, { host: '127.0.0.1', port: 1 }])
    await expect(listenAt(createServer(), [{ path: nowhere }])).rejects.toThrow(
      `listening on unix:${nowhere} failed: its folder is missing`,
    )
  })

  test('where one address fails, none is listened on', async () => {
    const [socketPath, nowhere] = [join(folder, 'first.sock'), join(folder, 'missing/g.sock')]
    const server = createServer()
    const wanted = [{ path: socketPath }, { host: '127.0.0.1', port: 0 }, { path: nowhere }]
    await expect(listenAt(server, wanted)).rejects.toThrow(nowhere)
    expect([server.listening, existsSync(socketPath)]).toEqual([false, false])
  })

  test.skipIf(skipReason({ openssl }) !== undefined)('HTTPS is served at all addresses', async () => {
    const { cert, key } = makeCertificate(folder, 'localhost')
    const [socketPath, port, other] = [join(folder, 'tls.sock'), await freePort(), await freePort()]
    const listen = ['--listen', 'unix:tls.sock', '--listen', String(port), '--listen', `localhost:${other}`]
    const program = await started(...listen, '--tls-cert', cert, '--tls-key', key, '--trust-proxy', 'unix')
    const headers = { ...login, 'x-forwarded-for': '192.0.2.9' }
    for (const address of [{ socketPath }, { port }, { port: other }])
      expect(await ask({ ...address, headers, tls: true })).toBe(200)
    await eventually('the log', () => (program.output().match(/ 200 /g)?.length === 3 ? true : undefined))
    expect(program.output().match(/ (\S+) ann GET/g)).toEqual([
      ' 192.0.2.9 ann GET',
      ' 127.0.0.1 ann GET',
      ' 127.0.0.1 ann GET',
    ])
    await stop(program)
  })
})
