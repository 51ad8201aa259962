// `htpasswd serve` on Windows' own Node: a password file from Windows, the app behind it as address and as child, a port
// in use, and every way to stop it. The client and the app at an address are on this system, which shares the network.
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually, freePort } from '../support/outside-program.ts'
import { scratch } from '../support/scratch.ts'
import { noConsole, typeAtConsole } from './console.ts'
import {
  isWindows,
  onWindows,
  runWindows,
  runWindowsBin,
  startWindows,
  type WindowsProgram,
  windowsBin,
  windowsNode,
} from './windows.ts'

const place = scratch()
const NAME = 'pass words\\Schlüssel'
// admin's password is pw
const USERS = '\ufeff# made by an editor\r\nadmin:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\r\n'

/** Answers with the path and the user that the guard names. */
const app = `(request, response) => response.end(\`\${request.url} for \${request.headers['x-user']}\`)`

async function ask(port: number, user?: string, password?: string): Promise<[status: number, text: string]> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const headers = user === undefined ? {} : { authorization }
  const response = await fetch(`http://127.0.0.1:${port}/a?b`, { headers })
  const text = await response.text()
  return [response.status, response.ok ? text : '']
}

const answers = (port: number): Promise<true | undefined> =>
  ask(port).then(
    () => true,
    () => undefined,
  )

onWindows('serve on Windows', () => {
  let upstream: Server
  let upstreamPort: number
  beforeAll(async () => {
    upstream = createServer(new Function(`return ${app}`)()).listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    upstreamPort = (upstream.address() as AddressInfo).port
  })
  afterAll(() => upstream.close())

  beforeEach(() => {
    mkdirSync(place.path('pass words'))
    writeFileSync(join(place.folder, 'pass words', 'Schlüssel'), USERS)
  })

  /** A guard that answers, with its number for taskkill. */
  async function startGuard(
    words: readonly string[],
  ): Promise<WindowsProgram & { port: number; pid: string }> {
    const port = await freePort()
    writeFileSync(place.path('pid.cjs'), `require('node:fs').writeFileSync('pid', String(process.pid))`)
    const listen = `127.0.0.1:${port}`
    const guard = startWindows(
      'node',
      [
        '--require',
        './pid.cjs',
        windowsBin,
        'serve',
        NAME,
        '--listen',
        listen,
        '--user-header',
        'X-User',
        ...words,
      ],
      { cwd: place.folder },
    )
    await eventually(
      'the guard and its app',
      () => {
        if (guard.process.exitCode !== null) throw new Error(guard.stderr())
        return guard.stderr().includes('Guarding') || undefined
      },
      1200,
    )
    return { ...guard, port, pid: readFileSync(place.path('pid'), 'utf8') }
  }
  const taskkill = (pid: string): Promise<unknown> => runWindows('taskkill', ['/f', '/pid', pid])
  const atAddress = (): string[] => ['--upstream', `http://127.0.0.1:${upstreamPort}`]

  test('a file with CRLF and a mark, in a path with blanks: right, wrong, added meanwhile; the port is taken', async () => {
    const guard = await startGuard(atAddress())
    expect(await ask(guard.port)).toEqual([401, ''])
    expect(await ask(guard.port, 'admin', 'wrong')).toEqual([401, ''])
    expect(await ask(guard.port, 'admin', 'pw')).toEqual([200, '/a?b for admin'])

    expect(await runWindowsBin(['-bB', NAME, 'bob', 'größe'], { cwd: place.folder })).toMatchObject({
      status: 0,
    })
    expect(await ask(guard.port, 'bob', 'größe')).toEqual([200, '/a?b for bob'])
    expect(await runWindowsBin(['-D', NAME, 'admin'], { cwd: place.folder })).toMatchObject({ status: 0 })
    expect(await ask(guard.port, 'admin', 'pw')).toEqual([401, ''])

    const listen = `127.0.0.1:${guard.port}`
    const second = await runWindowsBin(['serve', NAME, '--listen', listen, ...atAddress()], {
      cwd: place.folder,
    })
    expect(second).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        `port ${guard.port} is already in use by .*; stop it, or use .* --listen 127`,
      ),
    })

    await taskkill(guard.pid)
    await guard.ended
    expect(await answers(guard.port)).toBeUndefined()
    expect(guard.stdout()).toContain(' bob GET /a 200 ')
    expect(Buffer.from(guard.stderr(), 'latin1').toString()).toContain(`with 1 user of ${NAME}`)
  })

  test('while a program has the file for itself, the last list stays; when it lets go, the new one counts', async () => {
    const guard = await startGuard(atAddress())
    expect(await ask(guard.port, 'admin', 'pw')).toEqual([200, '/a?b for admin'])
    // UV_FS_O_EXLOCK, as in store.test.ts
    const holder = startWindows(
      'node',
      [
        '-e',
        `const fd = fs.openSync(${JSON.stringify(NAME)}, 0x10000000 | fs.constants.O_RDWR)
        fs.ftruncateSync(fd); fs.writeSync(fd, 'eve:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\\n', 0); fs.writeFileSync('held', '')
        const timer = setInterval(() => { if (fs.existsSync('release')) { fs.closeSync(fd); clearInterval(timer) } }, 5)`,
      ],
      { cwd: place.folder },
    )
    await eventually('the file to be held', () => place.names().includes('held') || undefined)
    expect(await ask(guard.port, 'admin', 'pw')).toEqual([200, '/a?b for admin'])
    writeFileSync(place.path('release'), '')
    await holder.ended
    expect(await ask(guard.port, 'eve', 'pw')).toEqual([200, '/a?b for eve'])
    expect(await ask(guard.port, 'admin', 'pw')).toEqual([401, ''])
    await taskkill(guard.pid)
    await guard.ended
  })

  describe('with the app as its child', () => {
    const makeApp = (): void =>
      writeFileSync(
        place.path('app.cjs'),
        `require('node:http').createServer(${app}).listen(Number(process.argv[3]), '127.0.0.1', () => console.log('app is up'))`,
      )

    // on Windows itself a signal from outside ends a process without a word
    test.skipIf(isWindows)('Ctrl-C stops both, the guard first', async () => {
      makeApp()
      const appPort = await freePort()
      const guard = await startGuard(['--', windowsNode, 'app.cjs', '--port', String(appPort)])
      expect(await ask(guard.port, 'admin', 'pw')).toEqual([200, '/a?b for admin'])
      expect(guard.stdout()).toContain('app is up')
      guard.process.kill('SIGINT')
      expect(await guard.ended).toBe(0)
      expect(guard.stderr()).toContain('Ctrl-C; stopping')
      expect([await answers(guard.port), await answers(appPort)]).toEqual([undefined, undefined])
    })

    test('an app that ends takes the guard with it, status 1', async () => {
      writeFileSync(place.path('app.cjs'), `process.exit(3)`)
      const words = [
        'serve',
        NAME,
        '--listen',
        '127.0.0.1:0',
        '--',
        windowsNode,
        'app.cjs',
        '--port',
        String(await freePort()),
      ]
      const run = await runWindowsBin(words, { cwd: place.folder })
      expect(run).toMatchObject({ status: 1, stderr: expect.stringContaining('ended with exit status 3') })
    })

    test('one that is not there is named', async () => {
      const words = ['serve', NAME, '--listen', '127.0.0.1:0', '--', 'mlflow', 'server']
      expect(await runWindowsBin(words, { cwd: place.folder })).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/mlflow could not be started: it is not on the PATH.*cmd \/c mlflow/),
      })
    })
  })

  describe.skipIf(noConsole !== undefined)('at a console', () => {
    const serve = async (step: { type: string } | { close: true }) => {
      const listen = `127.0.0.1:${await freePort()}`
      const words = [windowsBin, 'serve', NAME, '--listen', listen, ...atAddress()]
      return typeAtConsole('node', words, [{ after: `http://${listen}`, ...step }], { cwd: place.folder })
    }

    test('Ctrl-C stops it, status 0', async () => {
      const { status, screen } = await serve({ type: '\x03' })
      expect(status).toBe(0)
      expect(screen).toContain('Ctrl-C; stopping')
      expect(screen).toContain('1 user of pass words\\Schlüssel')
    })

    test('so does closing its window', async () => {
      // null where it had to be ended
      expect((await serve({ close: true })).status).not.toBeNull()
    })
  })
})
