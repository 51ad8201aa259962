import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { hasBody, lingerAfterAnswer } from '../../src/http/request-body.ts'
import { listen, portOf } from './test-guard.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A request as a server gets it, with the client's end. */
async function receive(head: string): Promise<{ req: IncomingMessage; res: ServerResponse; client: Socket }> {
  const server = await listen(createServer())
  const client = connect(portOf(server), '127.0.0.1')
  client.on('error', () => {})
  ends.push(() => {
    client.destroy()
    server.closeAllConnections()
    server.close()
  })
  client.write(head)
  const [req, res] = await once(server, 'request')
  return { req, res, client }
}

const POST = (length: number) => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`

test.each([
  ['Content-Length: 5', true],
  ['Content-Length: 0', false],
  ['Transfer-Encoding: chunked', true],
  ['Accept: x', false],
])('%s means a body: %s', async (line, expected) => {
  const { req } = await receive(`POST / HTTP/1.1\r\nHost: x\r\n${line}\r\n\r\n`)
  expect(hasBody(req)).toBe(expected)
})

test('after an early answer the rest is read for its time, then the connection ends', async () => {
  const { req, res, client } = await receive(`${POST(1 << 30)}hello`)
  res.end('early')
  lingerAfterAnswer(req, res, 1)
  client.resume()
  await once(client, 'close')
})

test('a rest that comes in time keeps the connection', async () => {
  const { req, res, client } = await receive(`${POST(10)}hello`)
  res.end('early')
  lingerAfterAnswer(req, res, 60_000)
  client.write('world')
  await once(req, 'close')
  expect(client.destroyed).toBe(false)
})
