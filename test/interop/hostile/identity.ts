// The corpus: who asks. Credentials, identity and forwarding headers, hop-by-hop headers, upgrades, expectations.
import { type Case, casesOf, get, hidden, PASSWORD, post, type Row, request, USER, visible } from './case.ts'

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')
const right = base64(`${USER}:${PASSWORD}`)

/** Values of Authorization that are no valid login. */
const wrongCredentials = [
  ...[
    '',
    ' ',
    'Basic',
    'Basic ',
    'Basic  ',
    'Basic =',
    'Basic Og==',
    `Basic ${base64(USER)}`,
    right,
    `Basic:${right}`,
  ],
  ...[
    `Basic\t${right}`,
    `Basic\0${right}`,
    `Basic${right}`,
    `Basic, ${right}`,
    `Basic ${right}, x`,
    `Basic ${right} x`,
  ],
  ...[
    `Basic "${right}"`,
    `Basic ${right};`,
    `Basic ${right}==`,
    `Basic ${right.replace(/=*$/, '')}*`,
    `Basic *${right}`,
  ],
  ...[
    `Basic ${right}, Basic ${right}`,
    `Basic x, Basic ${right}`,
    `Bearer x, Basic ${right}`,
    `Basic ${right.slice(4)}`,
  ],
  ...[
    `Basic realm="x", ${right}`,
    `Bearer ${right}`,
    `Digest ${right}`,
    `Negotiate ${right}`,
    `Token ${right}`,
  ],
  ...[
    `Basi ${right}`,
    `BasicX ${right}`,
    `Digest username="${USER}"`,
    `Basic ${encodeURIComponent(right)}%3D`,
  ],
  ...[
    `Basic ${base64(`${USER}:`)}`,
    `Basic ${base64(`:${PASSWORD}`)}`,
    `Basic ${base64(`${USER}:${PASSWORD} `)}`,
  ],
  ...[
    `Basic ${base64(`${USER}:${PASSWORD}\0`)}`,
    `Basic ${base64(`${USER}\0:${PASSWORD}`)}`,
    `Basic ${base64(`${USER}:${PASSWORD}\n`)}`,
  ],
  ...[
    `Basic ${base64(` ${USER}:${PASSWORD}`)}`,
    `Basic ${base64(`${USER} :${PASSWORD}`)}`,
    `Basic ${base64(`Alice:${PASSWORD}`)}`,
  ],
  ...[
    `Basic ${base64(`${USER}:${PASSWORD.toUpperCase()}`)}`,
    `Basic ${base64(`${USER}::${PASSWORD}`)}`,
    `Basic ${base64(`__proto__:${PASSWORD}`)}`,
  ],
  ...[
    `Basic ${base64(`\xff\xfe${USER}:${PASSWORD}`)}`,
    `Basic ${base64('x'.repeat(20_000))}`,
    `Basic ${base64(`${USER}:${'x'.repeat(20_000)}`)}`,
  ],
  ...[
    `Basic ${base64(`${'x'.repeat(20_000)}:${PASSWORD}`)}`,
    `Basic ${'A'.repeat(50_000)}`,
    `Basic ${base64(`constructor:${PASSWORD}`)}`,
  ],
]
const wrongHeaders: Row[] = [
  [
    'two Authorization, the right one first',
    `Authorization: Basic ${right}\r\nAuthorization: Basic Zm9vOmJhcg==`,
  ],
  [
    'two Authorization, the right one last',
    `Authorization: Basic Zm9vOmJhcg==\r\nAuthorization: Basic ${right}`,
  ],
  ['two equal Authorization', `Authorization: Basic ${right}\r\nAuthorization: Basic ${right}`],
  ['another scheme before it', `Authorization: Bearer x\r\nAuthorization: Basic ${right}`],
  ['a folded value', `Authorization: Basic\r\n ${right}`],
  ['a space before the colon', `Authorization : Basic ${right}`],
  ['X-MLflow-Authorization', `X-MLflow-Authorization: Basic ${right}`],
  ['Proxy-Authorization', `Proxy-Authorization: Basic ${right}`],
  ['Authorization_', `Authorization_: Basic ${right}`],
  ['X-Authorization', `X-Authorization: Basic ${right}`],
  ['X-Forwarded-Authorization', `X-Forwarded-Authorization: Basic ${right}`],
  ['a cookie', `Cookie: Authorization=Basic ${right}`],
  ['X-Forwarded-User alone', `X-Forwarded-User: ${USER}`],
  ['X-Original-URL', 'X-Original-URL: /open'],
  ['X-Rewrite-URL', 'X-Rewrite-URL: /open'],
  ['X-HTTP-Method-Override', 'X-HTTP-Method-Override: HEAD'],
  ['a User-Agent of a probe', 'User-Agent: kube-probe/1.30'],
]

const spoofed = [
  ...['X-Forwarded-User', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-Port'],
  ...[
    'X-Forwarded-Server',
    'X-Forwarded-Email',
    'X-Forwarded-Groups',
    'X-Forwarded-Prefix',
    'X-Forwarded-Uri',
  ],
  ...[
    'X-Forwarded-Method',
    'X-Forwarded-Preferred-Username',
    'X-Forwarded-Access-Token',
    'X-Forwarded',
    'Forwarded',
  ],
  ...[
    'X-Remote-User',
    'X-Remote-Group',
    'X-Remote-Extra-Role',
    'Remote-User',
    'Remote-Groups',
    'Remote-Email',
  ],
  ...[
    'Remote-Name',
    'Remote-Addr',
    'X-WebAuth-User',
    'X-WebAuth-Role',
    'X-Auth-Request-User',
    'X-Auth-Request-Email',
  ],
  ...[
    'X-Auth-Request-Groups',
    'X-Authenticated-User',
    'X-Authenticated-Groups',
    'X-Original-URL',
    'X-Original-URI',
  ],
  ...[
    'X-Original-Host',
    'X-Original-Method',
    'X-Original-Forwarded-For',
    'X-Rewrite-URL',
    'X-Real-IP',
    'X-Client-IP',
  ],
  ...[
    'X-Cluster-Client-IP',
    'True-Client-IP',
    'CF-Connecting-IP',
    'Fastly-Client-IP',
    'Client-IP',
    'Forwarded-For',
    'Proxy-Client-IP',
    'WL-Proxy-Client-IP',
    'X-MLflow-Authorization',
  ],
]
/** A name in spellings that some server or gateway reads as the plain one. */
const aliases = (name: string): string[] => [
  name,
  name.toLowerCase(),
  name.toUpperCase(),
  name.replaceAll('-', '_'),
  name.replaceAll('-', '.'),
  `${name} `,
]

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

export const identity: readonly Case[] = [
  ...casesOf(
    'wrong credentials',
    wrongCredentials.map(value => [
      visible(value),
      `GET /refused HTTP/1.1\r\nHost: x\r\nAuthorization: ${value}\r\n\r\n`,
    ]),
  ),
  ...casesOf(
    'wrong header for credentials',
    wrongHeaders.map(([name, line]) => [name, `GET /refused HTTP/1.1\r\nHost: x\r\n${line}\r\n\r\n`]),
  ),
  ...casesOf(
    'identity header',
    spoofed.flatMap(name =>
      [...new Set(aliases(name))].map(alias => [alias, get(`${alias}: spoofed`)] as const),
    ),
  ),
  ...casesOf(
    'identity header on an open path',
    spoofed.map(name => [name, `GET /open HTTP/1.1\r\nHost: x\r\n${name}: spoofed\r\n\r\n`]),
  ),
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
