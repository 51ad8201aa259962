// Trailers of either side neither end the process nor go through (http-proxy issue 1647: a Trailer header crashed it).
import { createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { LOGIN, PASSWORD, TestGuard } from '../support/test-guard.ts'

let guard: TestGuard
afterEach(() => guard[Symbol.asyncDispose]())

test.each([
  'Trailer: X-T',
  'Trailer: Content-Length',
  'Trailer: ',
  'TE: trailers',
  'Trailer: X-T\r\nTE: trailers',
])('a request with %j', async lines => {
  guard = await TestGuard.start()
  const answer = await guard.raw(
    `POST / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\n${lines}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n`,
  )
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(guard.received.map(({ body }) => body.toString())).toEqual(['hello'])
  expect(guard.received[0]?.rawHeaders.join()).not.toMatch(/trailer|x-t|TE,/i)
  expect((await guard.fetch('/')).status).toBe(200)
})

test('a request whose trailers would change its framing is cut off, and the guard keeps working', async () => {
  guard = await TestGuard.start()
  await guard.raw(
    `POST / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n`,
  )
  expect(guard.received).toEqual([])
  expect((await guard.fetch('/')).status).toBe(200)
})

test.each(['X-T: 1\r\n', 'Content-Length: 3\r\n', `${'X: y\r\n'.repeat(500)}`])(
  'a response with the trailers %j',
  async trailers => {
    const app = createServer((socket: Socket) => {
      socket.on('error', () => {})
      socket.once('data', () =>
        socket.end(
          `HTTP/1.1 200 OK\r\nTrailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n${trailers}\r\n`,
        ),
      )
    })
    await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve))
    const { port } = app.address() as { port: number }
    guard = await TestGuard.start({ upstream: `http://127.0.0.1:${port}` })
    const answer = await guard.raw(`GET / HTTP/1.1\r\nHost: x\r\n${LOGIN}\r\nConnection: close\r\n\r\n`)
    app.close()
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*hello/)
    expect(answer).not.toMatch(/^(trailer|x-t|x):/im)
    expect(answer).not.toContain(PASSWORD)
  },
)
