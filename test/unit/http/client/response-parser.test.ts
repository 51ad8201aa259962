import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { ProtocolError } from '../../../../src/http/client/response-head.ts'
import { ResponseParser } from '../../../../src/http/client/response-parser.ts'

interface Read {
  status?: number
  reason?: string
  headers?: string[]
  body: string
  ended: number
  interim?: number[]
  switched?: string
}

const MAX_HEAD = 1000

/** Parses the pieces in turn and, with `close`, the end of the connection. */
function read(
  pieces: readonly (string | Buffer)[],
  { method = 'GET', upgrade, close = false }: { method?: string; upgrade?: string; close?: boolean } = {},
) {
  const seen: Read = { body: '', ended: 0 }
  const parser = new ResponseParser(
    {
      onInterim: ({ status }) => {
        seen.interim = [...(seen.interim ?? []), status]
      },
      onHead: head => Object.assign(seen, head),
      onData: (bytes, start, end) => {
        seen.body += bytes.toString('latin1', start, end)
        return true
      },
      onEnd: () => {
        seen.ended++
      },
      onSwitch: (head, rest) => Object.assign(seen, head, { switched: rest.toString('latin1') }),
    },
    MAX_HEAD,
  )
  parser.begin(method, upgrade)
  for (const piece of pieces) parser.push(Buffer.from(piece as string, 'latin1'))
  if (close) parser.end()
  return { ...seen, reusable: parser.reusable }
}

const whole = (head: string, body = ''): string => `${head.replaceAll('\n', '\r\n')}\r\n\r\n${body}`

test('a head as it came: order, spelling, repetition, bytes beyond ASCII, no blanks around values', () => {
  const text = whole(
    'HTTP/1.1 404 Not  Found\nX-A: 1\nx-a:\t 2 \t\nSet-Cookie: a=ä\nX-Empty:\nContent-Length: 0',
  )
  expect(read([text])).toEqual({
    status: 404,
    reason: 'Not  Found',
    headers: ['X-A', '1', 'x-a', '2', 'Set-Cookie', 'a=ä', 'X-Empty', '', 'Content-Length', '0'],
    body: '',
    ended: 1,
    reusable: true,
  })
})

describe('the end of a body (RFC 9112 section 6.3)', () => {
  test.each([
    ['its length', whole('HTTP/1.1 200 OK\nContent-Length: 5', 'hello'), 'hello', true],
    [
      'chunks',
      whole('HTTP/1.1 200 OK\nTransfer-Encoding: Chunked', '3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n'),
      'hello',
      true,
    ],
    [
      'chunks with trailers, which are dropped',
      whole('HTTP/1.1 200 OK\nTransfer-Encoding: chunked', 'A \r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n'),
      '0123456789',
      true,
    ],
    [
      'two equal lengths',
      whole('HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 5', 'hello'),
      'hello',
      true,
    ],
    ['none with 204', whole('HTTP/1.1 204 No Content'), '', true],
    ['none with 304, whatever length', whole('HTTP/1.1 304 Not Modified\nContent-Length: 9'), '', true],
    [
      'interim responses before',
      `${whole('HTTP/1.1 103 Early Hints\nLink: x')}${whole('HTTP/1.1 200\nContent-Length: 1', 'x')}`,
      'x',
      true,
    ],
    [
      'a connection that the app will close',
      whole('HTTP/1.1 200 OK\nConnection: x, close\nContent-Length: 1', 'x'),
      'x',
      false,
    ],
    ['HTTP/1.0', whole('HTTP/1.0 200 OK\nContent-Length: 1', 'x'), 'x', false],
    [
      'HTTP/1.0 that stays',
      whole('HTTP/1.0 200 OK\nConnection: keep-alive\nContent-Length: 1', 'x'),
      'x',
      true,
    ],
  ])('%s', (_, text, body, reusable) => {
    expect(read([text])).toMatchObject({ body, ended: 1, reusable })
  })

  test('HEAD has none, whatever the head says', () =>
    expect(read([whole('HTTP/1.1 200 OK\nContent-Length: 5')], { method: 'HEAD' })).toMatchObject({
      ended: 1,
      reusable: true,
    }))

  test('without length or chunks it is the end of the connection', () =>
    expect(read([whole('HTTP/1.1 200 OK', 'hel'), 'lo'], { close: true })).toMatchObject({
      body: 'hello',
      ended: 1,
      reusable: false,
    }))

  test.each([
    ['in the head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['before any byte', ''],
    ['in the body', whole('HTTP/1.1 200 OK\nContent-Length: 5', 'hel')],
    ['in the chunks', whole('HTTP/1.1 200 OK\nTransfer-Encoding: chunked', '5\r\nhel')],
    ['before the last chunk', whole('HTTP/1.1 200 OK\nTransfer-Encoding: chunked', '3\r\nhel\r\n')],
  ])('an end %s is an error, never a shorter body', (_, text) =>
    expect(() => read([text], { close: true })).toThrow(ProtocolError),
  )
})

describe('what is doubtful is an error', () => {
  test.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['HTTP/2', whole('HTTP/2 200 OK')],
    ['a status of two digits', whole('HTTP/1.1 20 OK')],
    ['length and chunks', whole('HTTP/1.1 200 OK\nContent-Length: 5\nTransfer-Encoding: chunked')],
    ['two lengths', whole('HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 6')],
    ['a list of equal lengths', whole('HTTP/1.1 200 OK\nContent-Length: 5, 5')],
    ['a negative length', whole('HTTP/1.1 200 OK\nContent-Length: -5')],
    ['a length with a sign', whole('HTTP/1.1 200 OK\nContent-Length: +5')],
    ['another coding', whole('HTTP/1.1 200 OK\nTransfer-Encoding: gzip, chunked')],
    ['chunks in HTTP/1.0', whole('HTTP/1.0 200 OK\nTransfer-Encoding: chunked')],
    ['a folded line', whole('HTTP/1.1 200 OK\nX-A: 1\n folded')],
    ['a blank before the colon', whole('HTTP/1.1 200 OK\nContent-Length : 5')],
    ['a line without a colon', whole('HTTP/1.1 200 OK\nnonsense')],
    ['a bare line feed', 'HTTP/1.1 200 OK\r\nX-A: 1\nX-B: 2\r\n\r\n'],
    ['a bare return', 'HTTP/1.1 200 OK\r\nX-A: 1\rX-B: 2\r\n\r\n'],
    ['a NUL', whole('HTTP/1.1 200 OK\nX-A: \0')],
    ['a chunk without a size', whole('HTTP/1.1 200 OK\nTransfer-Encoding: chunked', 'x\r\n')],
    ['a chunk with a negative size', whole('HTTP/1.1 200 OK\nTransfer-Encoding: chunked', '-1\r\n')],
    ['a chunk beyond its size', whole('HTTP/1.1 200 OK\nTransfer-Encoding: chunked', '2\r\nabc\r\n')],
    [
      'a size that ends in a bare line feed',
      whole('HTTP/1.1 200 OK\nTransfer-Encoding: chunked', '1\nx\r\n'),
    ],
    [
      'a size line without end',
      whole('HTTP/1.1 200 OK\nTransfer-Encoding: chunked', `1;${'x'.repeat(9000)}`),
    ],
    [
      'trailers without end',
      whole('HTTP/1.1 200 OK\nTransfer-Encoding: chunked', `0\r\n${`X: ${'x'.repeat(500)}\r\n`.repeat(3)}`),
    ],
    ['a head beyond the limit', whole(`HTTP/1.1 200 OK\nX-A: ${'x'.repeat(MAX_HEAD)}`)],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'X'.repeat(MAX_HEAD)}`],
    ['a head of LF alone', 'HTTP/1.1 200 OK\nX-A: 1\n\n'],
    ['an empty line that ends in LF alone', 'HTTP/1.1 200 OK\r\nX-A: 1\n\r\nbody'],
    ['TLS', '\x15\x03\x03\x00\x02\x02\x46'],
    ['text, before it ends', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['bytes behind the end', whole('HTTP/1.1 200 OK\nContent-Length: 1', 'xHTTP/1.1 200 OK')],
  ])('%s', (_, text) => {
    expect(() => read([text])).toThrow(ProtocolError)
    expect(() => read([...text])).toThrow(ProtocolError)
  })
})

describe('a switch of protocols', () => {
  const switching = (...lines: string[]): string =>
    whole(['HTTP/1.1 101 Switching Protocols', ...lines].join('\n'))

  test.each([
    ['was not requested', undefined, ['Upgrade: websocket']],
    ['names another protocol', 'websocket', ['Upgrade: h2c']],
    ['names two', 'websocket', ['Upgrade: websocket', 'Upgrade: h2c']],
    ['names a list', 'websocket', ['Upgrade: websocket, h2c']],
    ['names none', 'websocket', ['X-First: 1']],
  ])('that %s is an error', (_, upgrade, lines) =>
    expect(() => read([switching(...lines)], upgrade === undefined ? {} : { upgrade })).toThrow(
      ProtocolError,
    ),
  )
})

test('a head that arrives byte by byte takes linear time', () => {
  const copied = vi.spyOn(Buffer.prototype, 'copy')
  const text = whole(`HTTP/1.1 200 OK\nX-A: ${'x'.repeat(900)}\nContent-Length: 0`)
  expect(read([...text])).toMatchObject({ status: 200, ended: 1 })
  const bytes = copied.mock.calls.reduce((sum, [, , start, end]) => sum + Number(end) - Number(start), 0)
  expect(bytes).toBeLessThan(4 * text.length)
  copied.mockRestore()
})

test('a switch that was requested hands over the bytes behind it', () => {
  const text = whole('HTTP/1.1 101 Switching Protocols\nUpgrade: WebSocket', '\x81\x02hi')
  expect(read([text], { upgrade: 'websocket' })).toMatchObject({
    status: 101,
    switched: '\x81\x02hi',
    reusable: false,
    ended: 0,
  })
})

describe('however the bytes are cut', () => {
  const token = fc.stringMatching(/^[A-Za-z-]{1,12}$/).map(name => `X-${name}`)
  const value = fc.stringMatching(/^([!-~¡-ÿ]([ !-~¡-ÿ]{0,20}[!-~¡-ÿ])?)?$/)
  const response = fc.record({
    status: fc.integer({ min: 200, max: 599 }).filter(status => status !== 204 && status !== 304),
    headers: fc.array(fc.tuple(token, value), { maxLength: 6 }),
    chunks: fc.array(fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 40 }), { maxLength: 5 }),
    framing: fc.constantFrom('length', 'chunked', 'close'),
  })

  test('the same is read', () => {
    fc.assert(
      fc.property(
        response,
        fc.array(fc.nat(500), { maxLength: 12 }),
        ({ status, headers, chunks, framing }, cuts) => {
          const body = chunks.join('')
          const framed = {
            length: [`Content-Length: ${body.length}`, body],
            chunked: [
              'Transfer-Encoding: chunked',
              `${chunks.map(one => `${one.length.toString(16)}\r\n${one}\r\n`).join('')}0\r\n\r\n`,
            ],
            close: ['X-Last: 1', body],
          }[framing]
          const lines = [
            `HTTP/1.1 ${status} Fine`,
            ...headers.map(([name, text]) => `${name}: ${text}`),
            framed[0],
          ]
          const text = `${lines.join('\r\n')}\r\n\r\n${framed[1]}`
          const at = [0, ...cuts.filter(cut => cut < text.length).sort((a, b) => a - b), text.length]
          const pieces = at.slice(1).map((end, i) => text.slice(at[i], end))
          const got = read(pieces, { close: framing === 'close' })
          expect(got).toMatchObject({ status, reason: 'Fine', body, ended: 1 })
          expect(got.headers?.slice(0, headers.length * 2)).toEqual(headers.flat())
        },
      ),
    )
  })
})

test('interim responses are passed on one by one, before the head', () => {
  const text = [
    whole('HTTP/1.1 100 Continue'),
    whole('HTTP/1.1 102 Processing'),
    whole('HTTP/1.1 103 Early Hints\nLink: </x>'),
    whole('HTTP/1.1 200 OK\nContent-Length: 1', 'x'),
  ].join('')
  expect(read([text])).toMatchObject({ interim: [100, 102, 103], status: 200, body: 'x' })
})
