import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { hasBody, lingerAfterResponse } from '../../../src/http/proxy/request-body.ts'
import { listen, portOf } from '../../support/test-guard.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A request as a server gets it, with the client's end. */
async function receive(
  head: string,
  { allowHalfOpen = false } = {},
): Promise<{ req: IncomingMessage; res: ServerResponse; server: Server; client: Socket }> {
  const server = await listen(createServer())
  const client = connect({ port: portOf(server), host: '127.0.0.1', allowHalfOpen })
  client.on('error', () => {})
  ends.push(() => {
    client.destroy()
    server.closeAllConnections()
    server.close()
  })
  client.write(head)
  const [req, res] = await once(server, 'request')
  return { req, res, server, client }
}

const POST = (length: number, ...lines: string[]) =>
  `${['POST / HTTP/1.1', 'Host: x', `Content-Length: ${length}`, ...lines].join('\r\n')}\r\n\r\n`

test.each([
  ['Content-Length: 5', true],
  ['Content-Length: 0', false],
  ['Transfer-Encoding: chunked', true],
  ['Accept: x', false],
])('%s means a body: %s', async (line, expected) => {
  const { req } = await receive(`POST / HTTP/1.1\r\nHost: x\r\n${line}\r\n\r\n`)
  expect(hasBody(req)).toBe(expected)
})

test('after an early response the rest is read until the timeout, then the connection closes', async () => {
  const { req, res, client } = await receive(`${POST(1 << 30)}hello`)
  res.end('early')
  lingerAfterResponse(req, res, 1)
  client.resume()
  await once(client, 'close')
})

test('if the rest arrives in time the connection stays open', async () => {
  const { req, res, client } = await receive(`${POST(10)}hello`)
  res.end('early')
  lingerAfterResponse(req, res, 60_000)
  client.write('world')
  await once(req, 'close')
  expect(client.destroyed).toBe(false)
})

describe('after the last response of a connection', () => {
  /** It has been answered, and the server's side of the connection has ended; the client may go on sending. */
  async function answered(length: number, milliseconds: number) {
    const received = await receive(`${POST(length, 'Connection: close')}hello`, { allowHalfOpen: true })
    received.res.end('early')
    lingerAfterResponse(received.req, received.res, milliseconds)
    await once(received.client.resume(), 'end')
    return received
  }

  test('the rest is read, then the connection closes', async () => {
    const { req, client } = await answered(10, 60_000)
    expect(req.socket.destroyed).toBe(false)
    client.write('world')
    await once(req.socket, 'close')
    expect(req.complete).toBe(true)
  })

  test('the rest is read until the timeout', async () => {
    const { req } = await answered(1 << 30, 1)
    if (!req.socket.destroyed) await once(req.socket, 'close')
    expect(req.complete).toBe(false)
  })

  test('a client that disconnects within its body closes the connection', async () => {
    const { req, server, client } = await answered(10, 60_000)
    // without this node:http closes it by itself
    server.on('clientError', () => {})
    expect(req.socket.destroyed).toBe(false)
    client.end('wor')
    await once(req.socket, 'close')
    expect(req.complete).toBe(false)
  })

  test('without a body there is nothing to wait for', async () => {
    const { req, res } = await receive('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    res.end('early')
    lingerAfterResponse(req, res, 60_000)
    await once(req.socket, 'close')
  })

  test('an earlier request that lingered has no effect', async () => {
    const { req, res, server, client } = await receive(`${POST(10)}hello`)
    res.end('early')
    lingerAfterResponse(req, res, 60_000)
    const closed = once(req.socket, 'close')
    await once(res, 'close')
    client.write('worldGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    const [next, last] = await once(server, 'request')
    expect(next.socket).toBe(req.socket)
    last.end('late')
    await closed
  })
})
