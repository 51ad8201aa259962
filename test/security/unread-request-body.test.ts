// A body that the app does not read is not run as the next request of somebody else (CL.0; GHSA-ggv3-7p47-pfv8,
// GHSA-3ccp-42pg-hgv6). Python's http.server leaves it on the connection.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { type Program, skipReason } from '../support/outside-program.ts'
import { python, startPython } from '../support/python-backends.ts'
import { basic, PASSWORD, TestGuard } from '../support/test-guard.ts'

const APP = `
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        print(self.command, self.path, self.headers.get('X-Forwarded-User'), flush=True)
        body = ('answer to %s' % self.path).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_POST = do_DELETE = do_OPTIONS = do_HEAD = do_GET
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
`
const SMUGGLED = 'DELETE /smuggled HTTP/1.1\r\nHost: x\r\nX-Forwarded-User: root\r\n\r\n'

describe.skipIf(skipReason({ python3: python }))('behind http.server', () => {
  let app: Program
  let guard: TestGuard
  beforeEach(async () => {
    const [program, port] = await startPython(python as string, APP)
    app = program
    const hash = await hashPassword(PASSWORD, { format: 'sha1' })
    guard = await TestGuard.start({
      upstream: `http://127.0.0.1:${port}`,
      users: new Map([
        ['alice', hash],
        ['bob', hash],
      ]),
      userHeader: 'X-Forwarded-User',
      allowPaths: ['/health'],
    })
  })
  afterEach(async () => {
    await guard[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
  })

  const login = (user: string): string => `Authorization: ${basic(user, PASSWORD)}`
  const request = (line: string, ...lines: string[]): string =>
    `${line} HTTP/1.1\r\nHost: x\r\n${lines.map(one => `${one}\r\n`).join('')}Connection: close\r\n\r\n`
  const framings: readonly (readonly [string, string])[] = [
    [`Content-Length: ${SMUGGLED.length}`, SMUGGLED],
    ['Transfer-Encoding: chunked', `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`],
  ]

  test.each(framings)('an open path takes none: %s', async (framing, body) => {
    const answer = await guard.raw(request('GET /health', framing) + body)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(await guard.raw(request('GET /health'))).toMatch(/^HTTP\/1\.1 200 /)
    expect(app.output()).not.toContain('smuggled')
  })

  test.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])('%s with one: the app never runs it', async method => {
    for (const [framing, body] of framings) {
      expect(await guard.raw(request(`${method} /x`, login('bob'), framing) + body)).toMatch(
        /^HTTP\/1\.1 200 /,
      )
      expect(await guard.raw(request('GET /mine', login('bob')))).toContain('answer to /mine')
    }
    expect(app.output()).not.toContain('smuggled')
  })

  test("one user's POST never meets another user's request", async () => {
    for (let i = 0; i < 20; i++) {
      const [[framing, body]] = framings as [[string, string]]
      await guard.raw(request('POST /rejected', login('bob'), framing) + body)
      expect(await guard.raw(request(`GET /mine${i}`, login('alice')))).toContain(`answer to /mine${i}`)
    }
  })
})
