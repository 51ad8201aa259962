// Whatever an app leaves on a connection, it reaches nobody but the user whose request it came after: response parser and
// pool together, against an app that sends what it should not, at once or late.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Upstream } from '../../src/http/client/pool.ts'
import { type RecordedResponse, sendTo } from '../support/recorded-response.ts'
import { portOf } from '../support/test-guard.ts'

const leftovers = [
  'nothing',
  'response',
  'two responses',
  'half a response',
  'body after HEAD',
  'text',
  'end',
] as const
type Leftover = (typeof leftovers)[number]

const responseFor = (user: string, framing: string): string =>
  framing === 'chunked'
    ? `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<${user}>\r\n0\r\n\r\n`
    : `HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<${user}>`

const bytesOf = (leftover: Leftover, user: string): string =>
  ({
    nothing: '',
    response: responseFor(user, 'length'),
    'two responses': responseFor(user, 'chunked') + responseFor(user, 'length'),
    'half a response': `HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<${user}`,
    'body after HEAD': responseFor(user, 'length'),
    text: `<${user}>`,
    end: '',
  })[leftover]

/** What a request asks the app to do is in its head: user, framing, what is left and how many turns later. */
function respond(socket: Socket, head: string): void {
  const [method = '', path = ''] = head.split(' ')
  const [, user = '', framing = '', leftover = '', turns = '0'] = path.split('/').map(decodeURIComponent)
  const whole = responseFor(user, framing)
  const text = method === 'HEAD' ? whole.slice(0, whole.indexOf('\r\n\r\n') + 4) : whole
  const rest = bytesOf(leftover as Leftover, user)
  if (turns === '0') socket.write(text + rest)
  else {
    socket.write(text)
    const later = (left: number): void => {
      if (left > 0) setImmediate(later, left - 1)
      else if (rest !== '') socket.write(rest)
      else if (leftover === 'end') socket.end()
    }
    later(Number(turns))
  }
}

const server = createServer(socket => {
  socket
    .on('error', () => {})
    .on('data', bytes => {
      for (const head of String(bytes).split('\r\n\r\n').slice(0, -1)) respond(socket, head)
    })
})
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterAll(() => server.close())

const users = ['amy', 'bob', 'cat']
const request = fc.record({
  user: fc.constantFrom(...users),
  method: fc.constantFrom('GET', 'HEAD', 'POST'),
  framing: fc.constantFrom('length', 'chunked'),
  leftover: fc.constantFrom(...leftovers),
  turns: fc.nat(6),
})

test('no user sees another user’s bytes', async () => {
  let responses = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(request, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(1, 2, 100),
      async (groups, maxConnections) => {
        const upstream = new Upstream(new URL(`http://127.0.0.1:${portOf(server)}`), {
          timeout: 1000,
          maxHeadBytes: 65_536,
          maxConnections,
        })
        try {
          for (const group of groups) {
            // together, then the next: connections are shared out in every way
            const got = await Promise.all(
              group.map(
                async ({ user, method, framing, leftover, turns }): Promise<[string, RecordedResponse]> => {
                  const path = ['', user, framing, leftover, String(turns)].map(encodeURIComponent).join('/')
                  const head = `${method} ${path} HTTP/1.1\r\nHost: app\r\n\r\n`
                  return [user, await sendTo(upstream, { method, head }, user)]
                },
              ),
            )
            for (const [user, { body = '', failure }] of got) {
              const others = users.filter(other => other !== user && body.includes(other))
              expect(others).toEqual([])
              if (failure === undefined) responses++
            }
          }
        } finally {
          upstream.close()
        }
      },
    ),
    { numRuns: 150 },
  )
  expect(responses).toBeGreaterThan(150)
})
