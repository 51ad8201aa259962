// The corpus: hop-by-hop headers, upgrades, expectations, trailers.
import { type Case, casesOf, get, hidden, post, type Row, request, visible } from './case.ts'

const connections = [
  ...[
    'close',
    'keep-alive',
    'Close',
    'keep-alive, close',
    'close, keep-alive',
    '',
    ',',
    ', ,',
    'x'.repeat(5000),
  ],
  ...[
    'X-Forwarded-User',
    'X-Forwarded-For',
    'x-forwarded-user, X-FORWARDED-FOR',
    'close, X-Forwarded-User',
    'Host',
  ],
  ...[
    'Content-Length',
    'Transfer-Encoding',
    'Authorization',
    'Connection',
    'Cookie',
    'X-Forwarded-Proto',
    'TE',
    '"x"',
  ],
  ...[
    'X-Forwarded-User\t',
    '\tX-Forwarded-For',
    'X_Forwarded_User',
    'upgrade',
    'keep-alive\0',
    'close;x',
    '\xe9',
  ],
]

/** HTTP/2's first frames, with a request for a path that nobody logged in for. */
const http2Request = (() => {
  const field = (name: string, value: string): string =>
    `\0${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`
  const fields = [
    field(':method', 'GET'),
    field(':scheme', 'http'),
    field(':path', '/hidden'),
    field(':authority', 'x'),
    field('x-forwarded-user', 'spoofed'),
  ].join('')
  const settings = '\0\0\0\x04\0\0\0\0\0'
  return `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${settings}\0\0${String.fromCharCode(fields.length)}\x01\x05\0\0\0\x03${fields}`
})()

const upgrades = [
  ...[
    'h2c',
    'H2C',
    'h2',
    ' h2c',
    'h2c ',
    '\x85h2c',
    '\xa0h2c',
    'h2c\x85',
    '\x0bh2c',
    'h2c, websocket',
    'websocket, h2c',
  ],
  ...[
    'websocket,h2c',
    'websocket h2c',
    'websocket;h2c',
    'h2c/1',
    'HTTP/2.0',
    'TLS/1.0',
    'TLS/1.2',
    'http/1.1',
    'tcp',
  ],
  ...[
    'spdy',
    'connect-udp',
    'connect-ip',
    'WebSocket',
    'WEBSOCKET',
    'websocket',
    'websocket/13',
    'websockets',
    'web socket',
  ],
  ...[
    'websocket\0',
    '\x85websocket',
    'websocket\x85',
    '',
    ',',
    '*',
    '"websocket"',
    'x'.repeat(5000),
    'upgrade',
    'raw',
  ],
]
const upgradeLines: Row[] = [
  ['Upgrade without Connection', get('Upgrade: h2c') + http2Request],
  ['Connection without Upgrade', get('Connection: Upgrade') + http2Request],
  ['Connection in capitals', get('Connection: UPGRADE', 'Upgrade: h2c') + http2Request],
  ['two Upgrade', get('Connection: Upgrade', 'Upgrade: websocket', 'Upgrade: h2c') + http2Request],
  ['two Upgrade, h2c first', get('Connection: Upgrade', 'Upgrade: h2c', 'Upgrade: websocket') + http2Request],
  ['Upgrade_', get('Connection: Upgrade', 'Upgrade_: h2c') + http2Request],
  [
    'Upgrade of a POST',
    `${post('Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 5')}hello${http2Request}`,
  ],
  ['Upgrade of HTTP/1.0', request('GET /x HTTP/1.0', 'Connection: Upgrade', 'Upgrade: h2c') + http2Request],
  [
    'Upgrade of an open path',
    'GET /open HTTP/1.1\r\nHost: x\r\nX-Run: anonymous\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  ],
  ['a request behind a WebSocket', get('Connection: Upgrade', 'Upgrade: websocket') + hidden],
]

const expectations = [
  ...[
    '100-continue',
    '100-Continue',
    '100-CONTINUE',
    ' 100-continue ',
    '100-continue, x',
    'x',
    '',
    '200-ok',
    '100',
  ],
  ...['100-continue\0', '100-continue;x', '"100-continue"', '\x85100-continue', '100-continue, 100-continue'],
]
const teValues = [
  'trailers',
  'chunked',
  'gzip',
  'trailers, deflate;q=0.5',
  'trailers;q=0',
  ', ',
  'x'.repeat(2000),
  '\xe9',
]
const trailerNames = [
  'X-T',
  'Content-Length',
  'Transfer-Encoding',
  'Host',
  'X-Forwarded-User',
  '',
  ',',
  '\xe9',
  '__proto__',
]

export const connectionHeaders: readonly Case[] = [
  ...casesOf(
    'Connection',
    connections.map(value => [visible(value), get(`Connection: ${value}`)]),
  ),
  ...casesOf(
    'Upgrade',
    upgrades.map(value => [
      visible(value),
      get('Connection: Upgrade, HTTP2-Settings', `Upgrade: ${value}`, 'HTTP2-Settings: AAMAAABk') +
        http2Request,
    ]),
  ),
  ...casesOf('form of an upgrade', upgradeLines),
  ...casesOf(
    'Expect',
    expectations.map(value => [
      visible(value),
      `${post(`Expect: ${value}`, 'Content-Length: 5')}hello${hidden}`,
    ]),
  ),
  ...casesOf(
    'TE',
    teValues.map(value => [visible(value), get(`TE: ${value}`, 'Connection: TE')]),
  ),
  ...casesOf(
    'Trailer',
    trailerNames.map(value => [
      visible(value),
      `${post('Transfer-Encoding: chunked', `Trailer: ${value}`)}5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n${hidden}`,
    ]),
  ),
]
