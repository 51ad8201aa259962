import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { toByteString } from '../../../../src/bytes.ts'
import { textResponse } from '../../../../src/http/basic/responses.ts'
import { Exchange } from '../../../../src/http/proxy/exchange.ts'

function setUp({ url = '/x?token=secret', method = 'GET', expectsContinue = false, closes = false } = {}) {
  const sent: unknown[] = []
  const res = Object.assign(new EventEmitter(), {
    headersSent: true,
    statusCode: 418,
    writableFinished: true,
    writeHead: (...head: unknown[]) => sent.push(head),
    end: (text: string) => sent.push(text),
  })
  const req = { url, method, headers: {}, rawHeaders: [], complete: true }
  const client = { address: '192.0.2.7', scheme: 'https', host: 'h', proxied: false }
  const flags = { expectsContinue, closes, now: 100 }
  const exchange = new Exchange(
    req as unknown as IncomingMessage,
    res as unknown as ServerResponse,
    client,
    flags,
  )
  return { exchange, sent, res, req }
}

test('a log entry has the path without its query, also when the target was rewritten', () => {
  const { exchange, req } = setUp()
  const identity = {
    ok: true,
    user: 'alice',
    username: toByteString('alice'),
    kind: 'password',
    groups: [],
    scope: 'all',
    isCurrent: () => true,
  } as const
  exchange.decide({
    forward: true,
    target: '/rewritten',
    credentialsHeader: 'authorization',
    trustedOrigin: false,
    allowedOrigin: undefined,
    identity,
  })
  req.url = '/rewritten'
  expect(exchange.toLogEntry(104)).toMatchObject({
    address: '192.0.2.7',
    user: 'alice',
    method: 'GET',
    path: '/x',
    status: 418,
    milliseconds: 4,
    aborted: false,
  })
})

test.each(['http://user:secret@host/x', '*', 'secret'])('what is no path is not logged: %s', url =>
  expect(setUp({ url }).exchange.toLogEntry(101).path).toBe('-'),
)

test('a response that never began has no status, one that broke off is marked', () => {
  const { exchange, res } = setUp()
  Object.assign(res, { headersSent: false, writableFinished: false })
  expect(exchange.toLogEntry(101)).toMatchObject({ status: 0, aborted: true })
})

test.each([
  [{}, undefined],
  [{ closes: true }, 'close'],
  [{ expectsContinue: true }, 'close'],
])('with %j an answer has Connection: %s', (flags, connection) => {
  const { exchange, sent } = setUp(flags)
  exchange.respond(textResponse(400, 'no'), 'test')
  expect((sent[0] as [number, Record<string, string>])[1].connection).toBe(connection)
  expect(exchange.toLogEntry(101)).toMatchObject({ reason: 'test', bytes: 3 })
})

test('HEAD is answered without a body', () => {
  const { exchange, sent } = setUp({ method: 'HEAD' })
  exchange.respond(textResponse(401, 'no'), 'test')
  expect(sent[1]).toBe('')
  expect(exchange.toLogEntry(101).bytes).toBe(0)
})
