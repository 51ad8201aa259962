// The command as a user starts it: exit status, messages, signals, and what a running guard does with its files.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { hashPassword } from '../../../src/hash/hash-password.ts'
import {
  eventually,
  freePort,
  type Program,
  startProgram,
  untilListening,
} from '../../support/outside-program.ts'
import { ask, basic, open, read } from '../../support/raw-client.ts'

const bin = fileURLToPath(new URL('../../../bin/htpasswd.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'serve-'))
const users = join(folder, 'users')
const login = basic('ann', 'secret-of-ann')
const running: Program[] = []

beforeAll(async () => {
  writeFileSync(users, `ann:${await hashPassword('secret-of-ann', { cost: 5 })}\n`)
})
afterEach(async () => {
  for (const program of running.splice(0)) {
    await program[Symbol.asyncDispose]()
    expect(program.output()).not.toContain('secret-of-ann')
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  const program = startProgram(process.execPath, [bin, 'serve', ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
  })
  running.push(program)
  return program
}

async function started(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ program: Program; port: number }> {
  const port = await freePort()
  const program = start([...args, '--listen', `127.0.0.1:${port}`], env)
  await untilListening(port, program)
  return { program, port }
}

test('--init --demo without a terminal: a user, a password shown once, a page that knows who it is', async () => {
  const { program, port } = await started(['fresh', '--init', '--demo'])
  const output = await eventually('the start', () =>
    program.output().includes('Guarding') ? program.output() : undefined,
  )
  const password = /shown this once: (\w+)/.exec(output)?.[1] ?? ''
  expect((await ask({ port })).status).toBe(401)
  expect((await ask({ port, headers: [basic('admin', password)] })).text).toContain('Signed in as admin')
})

test.each<[why: string, args: string[], message: RegExp, status: number]>([
  [
    'a missing file',
    ['missing', '--demo'],
    /cannot read missing: there is no such file; create it with: htpasswd/,
    1,
  ],
  ['an unknown option', ['--upstreem', 'x'], /unknown option --upstreem; did you mean --upstream\?/, 2],
  ['no app', ['users'], /expected the app to guard/, 2],
  [
    'itself',
    ['users', '--upstream', 'http://localhost:8080'],
    /is the address on which the guard itself listens/,
    1,
  ],
  ['a child without a port', ['users', '--', 'some-app'], /expected the port of "some-app"/, 2],
  ['a bad realm', ['users', '--demo', '--listen', '0', '--realm', 'a\u0001b'], /realm/, 2],
])('%s is refused, with the way out', async (_, args, message, status) => {
  const program = start(args)
  expect(await program.ended).toBe(status)
  expect(program.output()).toMatch(message)
})

test('a port in use names the next free one', async () => {
  const { port } = await started(['users', '--demo'])
  const second = start(['users', '--demo', '--listen', `127.0.0.1:${port}`])
  expect(await second.ended).toBe(1)
  expect(second.output()).toMatch(
    new RegExp(
      `port ${port} is already in use by .*; stop it, or use the next free port: --listen 127.0.0.1:\\d+`,
    ),
  )
})

test('options come from the environment too', async () => {
  const { port } = await started(['users'], { HTPASSWD_DEMO: '1', HTPASSWD_REALM: 'By environment' })
  expect((await ask({ port })).headers['www-authenticate']).toContain('realm="By environment"')
})

test.skipIf(process.platform === 'win32')(
  'SIGTERM: requests under way finish, new ones do not come in, status 0',
  async () => {
    let finish: () => void = () => {}
    const app = createServer((_, response) => {
      response.write('first ')
      finish = () => response.end('last')
    })
    await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve))
    const { program, port } = await started([
      'users',
      '--upstream',
      `http://127.0.0.1:${(app.address() as AddressInfo).port}`,
    ])
    const response = await open({ port, headers: [login] })
    program.process.kill('SIGTERM')
    await eventually('the stop', () => program.output().includes('stopping') || undefined)
    await expect(ask({ port, headers: [login] })).rejects.toThrow(/ECONNREFUSED|ECONNRESET/)
    finish()
    expect((await read(response)).text).toBe('first last')
    expect(await program.ended).toBe(0)
    app.close()
  },
)

test.skipIf(process.platform === 'win32').each([1, 2])(
  '--drain-delay, %i workers: not ready, requests are still served, a second signal ends it',
  async workers => {
    const { program, port } = await started([
      ...['users', '--demo', '--drain-delay', '1h', '--grace', '1h', '--workers', String(workers)],
    ])
    const ready = async () => (await ask({ port, path: '/.htpasswd/ready' })).status
    expect(await ready()).toBe(200)
    await eventually('the start', () => program.output().includes('Guarding') || undefined)
    program.process.kill('SIGTERM')
    // the workers hear of it one after the other
    let unready = 0
    await eventually('the drain', async () => {
      unready = (await ready()) === 503 ? unready + 1 : 0
      return unready >= 2 * workers || undefined
    })
    const response = await ask({ port, headers: [login] })
    expect([response.status, response.headers.connection]).toEqual([200, 'close'])
    expect((await ask({ port, path: '/.htpasswd/health' })).status).toBe(200)
    program.process.kill('SIGTERM')
    expect(await program.ended).toBe(0)
  },
)

test.skipIf(process.platform === 'win32')('SIGHUP reads the users again', async () => {
  const { program, port } = await started(['users', '--demo'])
  await eventually('the start', () => program.output().includes('Guarding') || undefined)
  program.process.kill('SIGHUP')
  await eventually('the reload', () => program.output().includes('users was read again: 1 user') || undefined)
  expect((await ask({ port, headers: [login] })).status).toBe(200)
})

const childApp = (port: number, more = ''): string[] => [
  process.execPath,
  '-e',
  `require('http').createServer((q, r) => r.end('child ' + q.headers.host)).listen(process.argv.at(-1), '127.0.0.1'); ${more}`,
  '--',
  '--port',
  String(port),
]

test('--init --password-env: the first user has it, and the app does not', async () => {
  const [appPort, port] = [await freePort(), await freePort()]
  const words = ['given', '--init', '--password-env', 'LAB_PW', '--listen', String(port)]
  const tell = "console.log('the app knows', process.env.LAB_PW, process.env.LAB_OTHER)"
  const env = { LAB_PW: 'secret-of-ann', LAB_OTHER: 'this' }
  const program = start([...words, '--', ...childApp(appPort, tell)], env)
  await untilListening(port, program)
  await eventually('the app', () => program.output().includes('the app knows undefined this') || undefined)
  const response = await ask({ port, headers: [basic('admin', 'secret-of-ann')] })
  expect(response.text).toBe(`child localhost:${appPort}`)
})

async function startedWithChild(appPort: number): Promise<{ program: Program; port: number }> {
  const port = await freePort()
  const program = start(['users', '--listen', String(port), '--', ...childApp(appPort)])
  await untilListening(port, program)
  return { program, port }
}

test('an app behind -- is started, guarded and stopped', async () => {
  const appPort = await freePort()
  const { program, port } = await startedWithChild(appPort)
  await eventually('the start', () => program.output().includes('Guarding') || undefined)
  expect((await ask({ port, headers: [login] })).text).toBe(`child localhost:${appPort}`)
  program.process.kill('SIGTERM')
  expect(await program.ended).toBe(0)
  await expect(ask({ port: appPort })).rejects.toThrow('ECONNREFUSED')
})

test('an app that ends takes the guard with it, status 1', async () => {
  const appPort = await freePort()
  const port = await freePort()
  const program = start([
    'users',
    '--listen',
    String(port),
    '--',
    ...childApp(
      appPort,
      "process.on('SIGUSR2', () => process.exit(7)); setTimeout(() => process.exit(7), 1500)",
    ),
  ])
  expect(await program.ended).toBe(1)
  expect(program.output()).toMatch(/ended with exit status 7; stopping/)
})

test('an app whose port is taken is not started', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  const program = start(['users', '--listen', '0', '--', ...childApp(port)])
  expect(await program.ended).toBe(1)
  expect(program.output()).toMatch(/ listens at .*, where .* should; stop it/)
  other.close()
})

test('--log json: each line of the log and each message is an object', async () => {
  const { program, port } = await started(['users', '--demo', '--log', 'json'])
  await ask({ port, path: '/x?secret=1', headers: [login] })
  const lines = await eventually('both lines', () => {
    const complete = program.output().split('\n').slice(0, -1)
    return complete.some(line => line.includes('/x')) ? complete : undefined
  })
  const objects = lines.map(line => JSON.parse(line))
  expect(objects).toContainEqual(
    expect.objectContaining({ user: 'ann', path: '/x', method: 'GET', status: 200 }),
  )
  const urls = [`http://127.0.0.1:${port}`]
  expect(objects).toContainEqual(expect.objectContaining({ level: 'info', event: 'started', urls, users: 1 }))
})

test('--help shows the options and ends with 0', async () => {
  const program = start(['--help'])
  expect(await program.ended).toBe(0)
  expect(program.output()).toContain('--upstream')
})

test('a log without a reader does not stop logins', async () => {
  const { program, port } = await started(['users', '--demo'])
  program.process.stdout?.destroy()
  for (let i = 0; i < 20; i++) expect((await ask({ port, headers: [login] })).status).toBe(200)
  program.process.kill('SIGTERM')
  expect(await program.ended).toBe(0)
})

test('--print-preset prints the table, without a file and without an app', async () => {
  const program = start(['--print-preset'])
  expect(await program.ended).toBe(0)
  expect(program.output()).toMatch(/^# mlflow, made from MLflow [\d.]+\n/)
  expect(program.output()).toMatch(/^read +POST +api2 +runs\/search$/m)
})
