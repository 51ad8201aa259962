import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { hasBody, lingerAfterAnswer, RequestBody } from '../../src/http/request-body.ts'
import { listen, portOf, readBody } from './test-guard.ts'

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

test('gives the body as it came', async () => {
  const { req } = await receive(`${POST(5)}hello`)
  expect((await readBody(new RequestBody(req))).toString()).toBe('hello')
})

test('says when the first byte is wanted, once', async () => {
  const { req, client } = await receive(POST(5))
  let wanted = 0
  const body = new RequestBody(req, () => wanted++)
  expect(wanted).toBe(0)
  const all = readBody(body)
  client.write('hello')
  await all
  expect(wanted).toBe(1)
})

test('a body that nobody reads stops its sender', async () => {
  const { req, client } = await receive(POST(64 << 20))
  const body = new RequestBody(req)
  body.read(0)
  const chunk = Buffer.alloc(1 << 20)
  let sent = 0
  for (; sent < 64; sent++) {
    if (client.write(chunk)) continue
    // the systems' buffers take some megabytes; when nothing moves for some turns of the loop, they are full
    let turns = 0
    while (client.writableNeedDrain && turns++ < 200) await new Promise(resolve => setImmediate(resolve))
    if (client.writableNeedDrain) break
  }
  expect(sent).toBeLessThan(64)
  expect(body.readableLength).toBeLessThan(1 << 20)
})

test('a client that leaves half-way makes an error, never an end', async () => {
  const { req, client } = await receive(`${POST(50)}hello`)
  const body = new RequestBody(req)
  const all = readBody(body)
  client.destroy()
  await expect(all).rejects.toThrow()
})

test('destroying it leaves the connection for the answer', async () => {
  const { req, res, client } = await receive(`${POST(10)}hello`)
  const body = new RequestBody(req)
  body.destroy(new Error('no longer wanted'))
  await new Promise(resolve => body.once('close', resolve))
  res.end('early')
  const [answer] = await once(client, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /)
})

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
