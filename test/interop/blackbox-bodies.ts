// Bodies, streams and failures: requirements 13 to 18, 21, 25, 26, 27, 40.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { eventually } from '../support/outside-program.ts'
import { open, raw, read } from '../support/raw-client.ts'
import { alice, type Bench, type Check, untouched } from './blackbox-check.ts'

const MIB = 1 << 20
const LARGE = Number(process.env.BLACKBOX_MIB ?? 256)

/** Kilobytes that the proxy's process holds now (Linux). */
function residentKilobytes(bench: Bench): number {
  try {
    return Number(
      /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${bench.target.program.process.pid}/status`, 'utf8'))?.[1],
    )
  } catch {
    return 0
  }
}

const chunk = randomBytes(MIB)
function* chunks(count: number): Generator<Buffer> {
  for (let i = 0; i < count; i++) yield chunk
}
const digestOf = (count: number): string => {
  const hash = createHash('sha256')
  for (const one of chunks(count)) hash.update(one)
  return hash.digest('hex')
}

export const bodyChecks: readonly Check[] = [
  {
    number: 13,
    name: `an upload of ${LARGE} MiB arrives whole, with its length; memory stays flat`,
    async run(bench) {
      const before = residentKilobytes(bench)
      const headers = [['Content-Length', String(LARGE * MIB)]] as const
      const path = '/api/2.0/mlflow-artifacts/artifacts/1/x/large.bin'
      const answer = await bench.asAlice({
        method: 'PUT',
        path,
        headers,
        body: Readable.from(chunks(LARGE)),
        signal: AbortSignal.timeout(90_000),
      })
      assert.equal(answer.status, 200)
      assert.deepEqual(bench.upstream.only.body, {
        bytes: LARGE * MIB,
        sha256: digestOf(LARGE),
        complete: true,
      })
      assert.deepEqual(bench.upstream.only.all('content-length'), [String(LARGE * MIB)])
      assert.ok(
        residentKilobytes(bench) - before < 100 * 1024,
        `memory grew by ${residentKilobytes(bench) - before} KB`,
      )
    },
  },
  {
    number: 13,
    name: 'a chunked upload stays chunked',
    async run(bench) {
      await bench.asAlice({
        method: 'PUT',
        path: '/x',
        headers: [['Transfer-Encoding', 'chunked']],
        body: Readable.from(chunks(3)),
      })
      assert.deepEqual(bench.upstream.only.all('transfer-encoding'), ['chunked'])
      assert.equal(bench.upstream.only.body?.bytes, 3 * MIB)
    },
  },
  {
    number: 15,
    name: 'a configured timeout responds 504 with a plain sentence',
    setup: { timeoutSeconds: 1 },
    async run(bench) {
      bench.upstream.handler = () => {}
      const answer = await bench.asAlice()
      assert.equal(answer.status, 504)
      assert.notEqual(answer.text, '')
    },
  },
  {
    number: 16,
    name: `a download of ${LARGE} MiB that nobody reads for a while: flow control holds the memory flat`,
    async run(bench) {
      bench.upstream.handler = (_, response) => {
        response.writeHead(200, { 'content-length': LARGE * MIB })
        Readable.from(chunks(LARGE)).pipe(response)
      }
      const before = residentKilobytes(bench)
      const response = await open({ port: bench.target.port, headers: [alice] })
      response.pause()
      // the upstream stands still: all buffers between are full
      let last = -1
      const sent = (): number => bench.upstream.bytesSent
      await eventually('the flow to stop', () => {
        const now = sent()
        const still = now === last && now > 0
        last = now
        return still || undefined
      })
      assert.ok(sent() < (LARGE / 2) * MIB, `${sent()} bytes left the upstream`)
      assert.ok(
        residentKilobytes(bench) - before < 100 * 1024,
        `memory grew by ${residentKilobytes(bench) - before} KB`,
      )
      assert.equal((await read(response)).sha256, digestOf(LARGE))
    },
  },
  {
    number: 16,
    name: 'Range, If-None-Match, HEAD and Content-Encoding pass',
    async run(bench) {
      bench.upstream.handler = (request, response) => {
        const status = request.headers.range ? 206 : request.headers['if-none-match'] ? 304 : 200
        response.writeHead(status, {
          'content-encoding': 'gzip',
          etag: '"v"',
          ...(status === 206 && { 'content-range': 'bytes 0-1/9' }),
          ...(status !== 304 && { 'content-length': 2 }),
        })
        response.end(status === 304 || request.method === 'HEAD' ? undefined : 'ab')
      }
      const range = await bench.asAlice({
        headers: [
          ['Range', 'bytes=0-1'],
          ['Accept-Encoding', 'gzip'],
        ],
      })
      assert.deepEqual(
        [range.status, range.headers['content-range'], range.headers['content-encoding'], range.text],
        [206, 'bytes 0-1/9', 'gzip', 'ab'],
      )
      assert.equal((await bench.asAlice({ headers: [['If-None-Match', '"v"']] })).status, 304)
      const head = await bench.asAlice({ method: 'HEAD' })
      assert.deepEqual([head.status, head.headers['content-length'], head.bytes], [200, '2', 0])
    },
  },
  {
    number: 17,
    name: 'an event is there within 100 ms, the head before the first one',
    async run(bench) {
      let send: ((text: string) => void) | undefined
      bench.upstream.handler = (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
        send = text => void response.write(text)
      }
      const response = await open({
        port: bench.target.port,
        headers: [alice, ['Accept', 'text/event-stream']],
        signal: AbortSignal.timeout(10_000),
      })
      assert.equal(response.statusCode, 200)
      for (let i = 0; i < 5; i++) {
        const start = performance.now()
        send?.(`data: ${i}\n\n`)
        const [data] = (await once(response, 'data')) as [Buffer]
        assert.equal(data.toString(), `data: ${i}\n\n`)
        assert.ok(performance.now() - start < 100, `${performance.now() - start} ms`)
      }
      response.destroy()
    },
  },
  {
    number: 18,
    name: 'a client that leaves ends the request upstream within a second',
    async run(bench) {
      let closed: number | undefined
      bench.upstream.handler = (_, response) => {
        response.writeHead(200).flushHeaders()
        response.on('close', () => {
          closed = performance.now()
        })
      }
      const response = await open({ port: bench.target.port, headers: [alice] })
      const left = performance.now()
      response.destroy()
      const at = await eventually('the upstream request to end', () => closed)
      assert.ok(at - left < 1000)
    },
  },
  {
    number: 18,
    name: 'if the upstream breaks off, the response is visibly incomplete',
    async run(bench) {
      for (const head of ['Content-Length: 100', 'Transfer-Encoding: chunked']) {
        bench.upstream.handler = (_, response) => {
          response.socket?.write(
            `HTTP/1.1 200 OK\r\n${head}\r\n\r\n${head.startsWith('T') ? '5\r\nhello\r\n' : 'hello'}`,
            () => response.socket?.destroy(),
          )
        }
        await assert.rejects(bench.asAlice(), /aborted|hang up|ECONNRESET/, head)
      }
    },
  },
  {
    number: 21,
    name: 'a hundred cold requests at once with one password all pass, quickly',
    async run(bench) {
      const start = performance.now()
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => bench.asAlice({ path: '/version' })),
      )
      assert.ok(answers.every(answer => answer.status === 200))
      assert.ok(performance.now() - start < 3000)
    },
  },
  {
    number: 25,
    name: 'an upstream that is down is 502 or 503 at once; when it is back, the next request works',
    async run(bench) {
      const { port } = bench.upstream
      await bench.upstream[Symbol.asyncDispose]()
      try {
        const start = performance.now()
        const answer = await bench.asAlice()
        assert.ok(answer.status === 502 || answer.status === 503, `status ${answer.status}`)
        assert.ok(performance.now() - start < 2000)
      } finally {
        await bench.upstream.listen(port)
      }
      assert.equal((await bench.asAlice()).status, 200)
    },
  },
  {
    number: 26,
    name: 'no POST is lost or sent twice when the upstream closes idle connections',
    async run(bench) {
      for (let i = 0; i < 100; i++) {
        assert.equal((await bench.asAlice({ method: 'POST', body: 'x' })).status, 200, `request ${i}`)
        bench.upstream.dropConnections()
      }
      assert.equal(bench.upstream.seen.length, 100)
      bench.upstream.reset()
      bench.upstream.handler = (_, response) => void response.socket?.destroy()
      assert.equal((await bench.asAlice({ method: 'POST', body: 'x' })).status, 502)
      assert.equal(bench.upstream.seen.length, 1, 'a POST that may have been processed is not repeated')
    },
  },
  {
    number: 27,
    name: 'a WebSocket handshake: 401 without login, else the answer of the app at once, and a 101 is a tunnel',
    async run(bench) {
      const head =
        'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
      const ended = (got: string): boolean => got.includes('\r\n\r\n')
      assert.match(await raw(bench.target.port, `${head}\r\n`, ended), /^HTTP\/1.1 401 /)
      untouched(bench)
      const start = performance.now()
      assert.match(
        await raw(bench.target.port, `${head}${alice.join(': ')}\r\n\r\n`, ended),
        /^HTTP\/1.1 (403|426) /,
      )
      assert.ok(performance.now() - start < 1000)
      bench.upstream.upgrade = (_, socket, early) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
        socket.write(early)
        socket.pipe(socket)
      }
      const socket = connect(bench.target.port, '127.0.0.1')
      let got = ''
      socket.setEncoding('latin1').on('data', text => {
        got += text
      })
      socket.write(`${head}${alice.join(': ')}\r\n\r\n`)
      await eventually(
        'the 101',
        () => (got.startsWith('HTTP/1.1 101 ') && got.includes('\r\n\r\n')) || undefined,
      )
      socket.write('through the tunnel')
      await eventually('the echo', () => got.endsWith('through the tunnel') || undefined)
      socket.destroy()
    },
  },
  {
    number: 40,
    name: 'a request is logged with its user and without query or secret',
    async run(bench) {
      const before = bench.target.output().length
      const written = (): string => bench.target.output().slice(before)
      await bench.asAlice({ path: '/logged/here?token=qwertz' })
      const output = await eventually(
        'the log line',
        () => (written().includes('/logged/here') ? written() : undefined),
        40,
      )
      const line = output.split('\n').find(one => one.includes('/logged/here')) ?? ''
      assert.match(line, /alice/)
      assert.match(line, /200/)
      assert.ok(!output.includes('qwertz') && !output.includes(alice[1].slice(6)))
    },
  },
]
