// The corpus: where a request ends. Content-Length, Transfer-Encoding, chunks, trailers, newlines, pipelines.
import { type Case, casesOf, get, hidden, post, type Row, request, visible } from './case.ts'

const lengths = [
  ...['0', '5', '05', '0000000005', '+5', '-5', '-0', '0x5', '5.0', '5e0', '1_0', '5h', 'five', 'NaN'],
  ...['', ' ', ' 5', '5 ', '\t5', '5\t', '5 5', '5,5', '5, 5', '5,6', '5;5', '5;', ',5', '"5"', "'5'"],
  ...['\x0b5', '5\x0b', '\x0c5', '5\0', '\x005', '\xa05', '5\x85', '\xb2', '\xd9\xa5', '5\r', '5\n'],
  ...['4294967301', '9007199254740993', '18446744073709551621', '99999999999999999999', '9'.repeat(400)],
]
const mayWait = /^\D*[1-9]\d{8}/

const codings = [
  ...['chunked', 'Chunked', 'CHUNKED', ' chunked', 'chunked ', '\tchunked', 'chunked\t', '"chunked"'],
  ...['chunked,', ',chunked', ', chunked', 'chunked, chunked', 'gzip, chunked', 'chunked, gzip', 'gzip'],
  ...['identity', 'identity, chunked', 'chunked, identity', 'deflate, chunked', 'x-chunked', 'xchunked'],
  ...['chunked;q=1', 'chunked; a=b', 'chunke', 'chunkedd', 'chun ked', 'cow', '', 'trailers, chunked'],
  ...['\x0bchunked', 'chunked\x0b', '\x0cchunked', '\0chunked', 'chunked\0', '\xa0chunked', 'chunked\x85'],
  ...['chunked\r', 'chunked\n', '\xffchunked', 'chun\xe9ked', '[chunked]', 'chunked:', 'chunked, cow'],
]

const oneChunk = '5\r\nhello\r\n0\r\n\r\n'
const lastChunk = '0\r\n\r\n'

/** Spellings of a header line that one server takes for the header and another one does not. */
const spellings = (name: string, value: string): string[] => [
  `${name} : ${value}`,
  `${name}\t: ${value}`,
  ` ${name}: ${value}`,
  `\t${name}: ${value}`,
  `${name}:${value}`,
  `${name.toLowerCase()}: ${value}`,
  `${name.toUpperCase()}: ${value}`,
  `${name.replace('-', '_')}: ${value}`,
  `${name.replace('-', '.')}: ${value}`,
  `${name.replace('-', '~')}: ${value}`,
  `${name.replace('-', ' ')}: ${value}`,
  `${name.replace('-', '')}: ${value}`,
  `${name}\0: ${value}`,
  `\0${name}: ${value}`,
  `${name}\x0b: ${value}`,
  `\x0b${name}: ${value}`,
  `${name}\xa0: ${value}`,
  `${name}\r: ${value}`,
  `X: y\n${name}: ${value}`,
  `X: y\r${name}: ${value}`,
  `X: y\r\r\n${name}: ${value}`,
  `X: y\n\r${name}: ${value}`,
  `X: y\r\n ${name}: ${value}`,
  `X: y\r\n\t${name}: ${value}`,
  `X: y\0\r\n${name}: ${value}`,
  `: x\r\n${name}: ${value}`,
  `x\r\n${name}: ${value}`,
  `${name}:\r\n ${value}`,
  `${name}:\r\n\t${value}`,
  `${name}:\n ${value}`,
  `${name}: ${value}\r\n ${value}`,
  `${name}; ${value}`,
  `${name}= ${value}`,
]

const chunkSizes = [
  ...['5', '05', '0000000000000005', '00000000000000000000000000005', '5;a', '5;a=b', '5;a="b"', '5 ;a'],
  ...['5; a=b', '5;;', '5;a=b;c', '5;"', '5;a="x\ny"', '5;a="x\r\ny"', '5;\0', '5;\n', '5;\r', '5;\x0b'],
  ...[`5;${'a'.repeat(4000)}`, `5;${'a'.repeat(20_000)}`, '0x5', '+5', '-5', '5 ', ' 5', '\t5', '5\t', '5,'],
  ...['5h', 'g', '', '5.', '5\n', '5\r', '5\r\r', '\n5', '\r\n5', '5\x0b', '5\0', '5\xa0', '5_0', '"5"'],
  ...['ffffffffffffffff', '10000000000000005', '100000005', '8000000000000005', 'fffffffffffffffff'],
]
const chunkEnds = [
  '',
  '\n',
  '\r',
  '\n\r',
  '\r\r\n',
  'X\r\n',
  '\r\n\r\n',
  '\rX',
  '\x0b\r\n',
  ' \r\n',
  '\0\r\n',
]
const lastChunks = [
  '00',
  '0000000000000000000000',
  '0;a',
  '0;a=b',
  '0 ',
  ' 0',
  '-0',
  '+0',
  '0x0',
  '0,',
  '0\t',
]
const trailers = [
  ...[
    'X-T: 1',
    'Content-Length: 5',
    'Content-Length: 500',
    'Transfer-Encoding: chunked',
    'Host: evil.example',
  ],
  ...['X-Forwarded-User: spoofed', 'X-Forwarded-For: spoofed', 'Authorization: Basic Zm9vOmJhcg==', 'X : 1'],
  ...['X-T: a\r\n b', 'X-T: a\nY: b', 'X-T: a\rY: b', 'X-T: \0', 'X-T', ': x', `X-T: ${'a'.repeat(30_000)}`],
  ...['Connection: close', 'Upgrade: h2c', 'Expect: 100-continue', 'X_Forwarded_User: spoofed', '\0'],
]

const newlines: Row[] = [
  ['a head of bare LF', get().replaceAll('\r\n', '\n')],
  ['a head of bare CR', get().replaceAll('\r\n', '\r')],
  ['a head of LF CR', get().replaceAll('\r\n', '\n\r')],
  ['a head of CR CR LF', get().replaceAll('\r\n', '\r\r\n')],
  ['a request line that ends with LF', get().replace('\r\n', '\n')],
  ['a head that ends with LF LF', get().replace('\r\n\r\n', '\n\n')],
  ['a head that ends with CRLF LF', get().replace('\r\n\r\n', '\r\n\n')],
  ['a head that ends with LF CRLF', get().replace('\r\n\r\n', '\n\r\n')],
  ['an empty line before the request', `\r\n${get()}`],
  ['five empty lines before the request', `${'\r\n'.repeat(5)}${get()}`],
  ['a bare LF before the request', `\n${get()}`],
  ['a bare CR before the request', `\r${get()}`],
  ['a space before the request', ` ${get()}`],
  ['a NUL before the request', `\0${get()}`],
  ['a byte order mark before the request', `\xef\xbb\xbf${get()}`],
  ['a folded line', get('X: a', ' b')],
  ['a line folded with a tab', get('X: a', '\tb')],
  ['a line of blanks', get('X: a', '   ', 'Y: b')],
  ['a folded line behind the request line', `GET /x HTTP/1.1\r\n X: y\r\n${get().slice(17)}`],
  ['a folded request line', get().replace('/x ', '/x\r\n ')],
  ['a tab in the request line', get().replace(' /x ', '\t/x\t')],
  ['two spaces in the request line', get().replace(' /x ', '  /x  ')],
  ['a space at the end of the request line', get().replace('1.1\r\n', '1.1 \r\n')],
  ['a vertical tab in the request line', get().replace(' /x ', '\x0b/x\x0b')],
  ['a CR in the request line', get().replace('/x', '/x\r')],
]

const plain = request('GET /second HTTP/1.1')
const pipelines: Row[] = [
  ['two requests', get() + plain, { responses: 2 }],
  ['ten requests', get().repeat(10), { responses: 10 }],
  ['sixty requests', get().repeat(60), { responses: 60 }],
  ['a request without login behind one with', get() + hidden, { responses: 2 }],
  ['a request with login behind one without', hidden + get(), { responses: 2 }],
  ['a request behind a body', `${post('Content-Length: 5')}hello${plain}`, { responses: 2 }],
  ['a request behind chunks', `${post('Transfer-Encoding: chunked')}${oneChunk}${plain}`, { responses: 2 }],
  ['an empty line between requests', `${get()}\r\n${plain}`, { responses: 2 }],
  ['garbage behind a request', `${get()}\0\xff\r\n\r\n`, { responses: 2 }],
  ['a request behind Connection: close', get('Connection: close') + plain],
  ['a request behind HEAD', request('HEAD /x HTTP/1.1') + plain, { responses: 2 }],
  ['a body of GET', `${get(`Content-Length: ${hidden.length}`)}${hidden}`],
  ['a body of HEAD', `${request('HEAD /x HTTP/1.1', `Content-Length: ${hidden.length}`)}${hidden}`],
  ['a body of DELETE', `${request('DELETE /x HTTP/1.1', `Content-Length: ${hidden.length}`)}${hidden}`],
  ['a body of OPTIONS', `${request('OPTIONS /x HTTP/1.1', `Content-Length: ${hidden.length}`)}${hidden}`],
  ['a body of POST', `${post(`Content-Length: ${hidden.length}`)}${hidden}`],
  [
    'a body on an open path',
    `GET /open HTTP/1.1\r\nHost: x\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  ],
  [
    'chunks on an open path',
    `GET /open HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
  ],
  ['a request behind an open path', `GET /open HTTP/1.1\r\nHost: x\r\n\r\n${hidden}`, { responses: 2 }],
  [
    'a request behind the health path',
    `GET /.htpasswd/health HTTP/1.1\r\nHost: x\r\n\r\n${hidden}`,
    { responses: 2 },
  ],
  ['a body that is cut', `${post('Content-Length: 500')}hello`, { incomplete: true }],
  ['chunks that are cut', `${post('Transfer-Encoding: chunked')}5\r\nhel`, { incomplete: true }],
  ['a head that is cut', get().slice(0, -2), { incomplete: true }],
  ['a request line that is cut', 'GET /x HT', { incomplete: true }],
  ['one byte', 'G', { incomplete: true }],
]

const pair = (...lines: string[]): Row[] => [
  [`${lines.map(visible).join(' and ')}, a chunk`, `${post(...lines)}${oneChunk}${hidden}`],
  [`${lines.map(visible).join(' and ')}, no chunk`, `${post(...lines)}${lastChunk}${hidden}`],
]

export const framing: readonly Case[] = [
  ...casesOf(
    'Content-Length',
    lengths.map(value => [
      visible(value),
      `${post(`Content-Length: ${value}`)}hello${hidden}`,
      { incomplete: mayWait.test(value) },
    ]),
  ),
  ...casesOf(
    'Transfer-Encoding',
    codings.flatMap(value => pair(`Transfer-Encoding: ${value}`)),
  ),
  ...casesOf(
    'both',
    codings.flatMap(value => [
      ...pair('Content-Length: 5', `Transfer-Encoding: ${value}`),
      ...pair(`Transfer-Encoding: ${value}`, 'Content-Length: 5'),
    ]),
  ),
  ...casesOf('duplicates', [
    ...pair('Content-Length: 5', 'Content-Length: 5'),
    ...pair('Content-Length: 5', 'Content-Length: 0'),
    ...pair('Content-Length: 0', 'Content-Length: 5'),
    ...pair('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
    ...pair('Transfer-Encoding: identity', 'Transfer-Encoding: chunked'),
    ...pair('Transfer-Encoding: chunked', 'Transfer-Encoding: cow'),
    ...pair('Transfer-Encoding: chunked', 'Transfer-encoding: identity'),
  ]),
  ...casesOf(
    'spelling of Content-Length',
    spellings('Content-Length', '5').map(lines => [visible(lines), `${post(lines)}hello${hidden}`]),
  ),
  ...casesOf(
    'spelling of Transfer-Encoding',
    spellings('Transfer-Encoding', 'chunked').flatMap(lines => [
      ...pair(lines),
      ...pair('Content-Length: 15', lines),
    ]),
  ),
  ...casesOf(
    'chunk size',
    chunkSizes.map(size => [
      visible(size),
      `${post('Transfer-Encoding: chunked')}${size}\r\nhello\r\n0\r\n\r\n${hidden}`,
      { incomplete: /^[^;]*[0-9a-f]{9}/.test(size) },
    ]),
  ),
  ...casesOf(
    'end of a chunk',
    chunkEnds.map(end => [
      visible(end),
      `${post('Transfer-Encoding: chunked')}5\r\nhello${end}0\r\n\r\n${hidden}`,
    ]),
  ),
  ...casesOf(
    'last chunk',
    lastChunks.map(size => [visible(size), `${post('Transfer-Encoding: chunked')}${size}\r\n\r\n${hidden}`]),
  ),
  ...casesOf(
    'trailer',
    trailers.map(line => [
      visible(line),
      `${post('Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n${line}\r\n\r\n${hidden}`,
    ]),
  ),
  ...casesOf('newlines', newlines),
  ...casesOf('pipelines', pipelines),
]
