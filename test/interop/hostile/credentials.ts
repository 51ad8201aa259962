// The corpus: credentials that are wrong, and right ones in the wrong place.
import { type Case, casesOf, PASSWORD, type Row, USER, visible } from './case.ts'

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

export const credentials: readonly Case[] = [
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
]
