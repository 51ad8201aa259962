// Real servers on Unix sockets on both sides of the guard: gunicorn and uvicorn behind it, nginx in front of it.
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/hash/hash-password.ts'
import {
  eventually,
  findInEnvironment,
  findProgram,
  freePort,
  type Program,
  skipReason,
  startProgram,
  untilListening,
} from '../support/outside-program.ts'
import { ask, basic } from '../support/raw-client.ts'

const bin = join(import.meta.dirname, '../../bin/htpasswd.js')
const servers = join(import.meta.dirname, 'hostile')
const gunicorn = findInEnvironment('backends', 'gunicorn')
const uvicorn = findInEnvironment('backends', 'uvicorn')
const nginx = findProgram('nginx')

const PUBLIC = {
  host: 'app.example',
  'x-forwarded-for': '192.0.2.7',
  'x-forwarded-proto': 'https',
  authorization: basic('ann', 'secret')[1],
}

describe.skipIf(process.platform === 'win32')('on Unix sockets', () => {
  let folder: string
  const running: Program[] = []
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'interop-socket-'))
    writeFileSync(join(folder, 'users'), `ann:${await hashPassword('secret', { format: 'sha1' })}\n`)
  })
  afterEach(async () => {
    for (const program of running.splice(0)) await program[Symbol.asyncDispose]()
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const start = (command: string, args: readonly string[], cwd = folder): Program => {
    const program = startProgram(command, args, { cwd })
    running.push(program)
    return program
  }
  const serve = async (...args: string[]): Promise<Program> => {
    const program = start(process.execPath, [bin, 'serve', 'users', '--log', 'off', ...args])
    await eventually('the start', () => (program.output().includes('Guarding') ? true : undefined))
    return program
  }
  const through = async (socketPath: string, path: string, body = ''): Promise<string> => {
    const method = body === '' ? 'GET' : 'POST'
    const sent = request({ socketPath, path, method, headers: PUBLIC, agent: false }).end(body)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    response.setEncoding('utf8')
    let text = `${response.statusCode} `
    for await (const chunk of response) text += chunk
    return text
  }

  const backEnds: [string, string | undefined, (path: string) => string[]][] = [
    ['gunicorn', gunicorn, path => ['--bind', `unix:${path}`, 'app:wsgi']],
    ['uvicorn', uvicorn, path => ['--uds', path, 'app:asgi']],
  ]
  for (const [name, program, argumentsFor] of backEnds) {
    test.skipIf(skipReason({ [name]: program }))(`${name} behind the guard, a proxy in front`, async () => {
      const [app, guard] = [join(folder, `${name}.sock`), join(folder, 'guard.sock')]
      const server = start(program as string, argumentsFor(app), servers)
      await eventually('the app', () => (existsSync(app) ? true : undefined))
      const options = [
        '--listen',
        `unix:${guard}`,
        '--trust-proxy',
        'unix',
        '--user-header',
        'X-Forwarded-User',
      ]
      await serve('--upstream', `unix:${app}`, ...options)
      expect(await through(guard, '/page?q=1')).toBe('200 GET /page?q=1\n')
      expect(await through(guard, '/form', 'x'.repeat(100_000))).toBe('200 POST /form\n')
      const seen = await eventually('the app saw both', () => {
        const lines = server
          .output()
          .split('\n')
          .filter(line => line.startsWith('{"method"'))
        return lines.length === 2 ? lines.map(line => JSON.parse(line)) : undefined
      })
      const headers = Object.fromEntries(seen[1].headers)
      expect(seen[1].body).toBe(100_000)
      expect(headers).toMatchObject({
        host: 'localhost',
        'x-forwarded-for': '192.0.2.7',
        'x-forwarded-user': 'ann',
      })
    })
  }

  test.skipIf(skipReason({ nginx }) !== undefined)('nginx in front, workers behind it', async () => {
    const [guard, port] = [join(folder, 'guard.sock'), await freePort()]
    await serve('--demo', '--listen', `unix:${guard}`, '--trust-proxy', 'unix', '--workers', '2')
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map(name => `${name}_temp_path ${folder}/${name};`)
      .join(' ')
    writeFileSync(
      join(folder, 'nginx.conf'),
      `${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; pid ${folder}/nginx.pid; worker_processes 1; error_log stderr; events {}
      http { ${temporary} access_log off; server { listen 127.0.0.1:${port}; location / {
        proxy_pass http://unix:${guard}; proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } } }`,
    )
    await untilListening(port, start(nginx as string, ['-p', folder, '-c', join(folder, 'nginx.conf')]))
    expect((await ask({ port })).status).toBe(401)
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => ask({ port, headers: [basic('ann', 'secret')] })),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  })
})
