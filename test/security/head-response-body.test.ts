// The body that a server sends with its response to HEAD does not become the next user's response: waitress and Cheroot
// send what a WSGI app returns, in a segment of its own (undici's issue 258).
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { type Program, skipReason } from '../support/outside-program.ts'
import { pythonWithServers, startPython } from '../support/python-backends.ts'
import { PASSWORD, portOf, TestGuard } from '../support/test-guard.ts'

const APP = `
import sys, urllib.parse
def app(environ, start_response):
    text = 'seen ' + environ['PATH_INFO'] if environ['REQUEST_METHOD'] == 'GET' else urllib.parse.unquote(environ['QUERY_STRING'])
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', str(len(text)))])
    return [text.encode()]
`
const servers = {
  waitress: `${APP}\nimport waitress\nwaitress.serve(app, host='127.0.0.1', port=int(sys.argv[1]), threads=16)`,
  Cheroot: `${APP}\nfrom cheroot.wsgi import Server\nServer(('127.0.0.1', int(sys.argv[1])), app, numthreads=16).start()`,
}
const EVIL = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL'

let guard: TestGuard
let app: Program | undefined
afterEach(async () => {
  await guard[Symbol.asyncDispose]()
  await app?.[Symbol.asyncDispose]()
})

async function start(port: number): Promise<void> {
  const hash = await hashPassword(PASSWORD, { format: 'sha1' })
  const users = new Map([
    ['alice', hash],
    ['bob', hash],
  ])
  guard = await TestGuard.start({ upstream: `http://127.0.0.1:${port}`, users })
}

describe.skipIf(skipReason({ 'the environment of Python servers': pythonWithServers }))('behind', () => {
  test.each(Object.entries(servers))('%s', async (_, script) => {
    const [program, port] = await startPython(pythonWithServers as string, script)
    app = program
    await start(port)
    const wrong: string[] = []
    const alice = async (): Promise<void> => {
      for (let i = 0; i < 150; i++)
        await guard.fetch(`/x?${encodeURIComponent(EVIL)}`, { method: 'HEAD', user: 'alice' })
    }
    const bob = async (client: number): Promise<void> => {
      for (let i = 0; i < 150; i++) {
        const text = await (await guard.fetch(`/${client}-${i}`, { user: 'bob' })).text()
        if (text !== `seen /${client}-${i}`) wrong.push(text)
      }
    }
    await Promise.all([alice(), alice(), bob(1), bob(2), bob(3), bob(4)])
    expect(wrong).toEqual([])
  })
})

test('after HEAD the connection is closed, and the app is told before', async () => {
  const received: string[] = []
  const server = createServer(socket => {
    socket
      .on('error', () => {})
      .on('data', bytes => {
        received.push(String(bytes))
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n')
      })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  await start(portOf(server))
  const closed = new Promise<void>(resolve =>
    server.once('connection', socket => socket.once('close', () => resolve())),
  )
  await guard.fetch('/', { method: 'HEAD' })
  await closed
  expect(received[0]).toContain('\r\nConnection: close\r\n')
  server.close()
})
