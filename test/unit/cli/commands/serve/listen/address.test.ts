// Reading addresses, and telling what is loopback, our own, or reachable by others.
import { expect, test } from 'vitest'
import {
  isItself,
  isLoopback,
  reachableUrls,
  readAddress,
  readHost,
  readUpstream,
} from '../../../../../../src/cli/commands/serve/listen/address.ts'

test.each([
  ['8080', { host: '127.0.0.1', port: 8080 }],
  ['0.0.0.0:80', { host: '0.0.0.0', port: 80 }],
  ['[::]:8080', { host: '::', port: 8080 }],
  ['*:8080', { host: '::', port: 8080 }],
  ['box.example:0', { host: 'box.example', port: 0 }],
  ['0.0.0.0', { host: '0.0.0.0', port: 8080 }],
  ['[::]', { host: '::', port: 8080 }],
  ['localhost', { host: 'localhost', port: 8080 }],
  ['*', { host: '::', port: 8080 }],
])('--listen %s', (text, address) => {
  expect(readAddress(text)).toEqual(address)
})

test.each([
  '',
  ':8080',
  '1:2:3',
  '::1:8080',
  '70000',
  '-1',
  '80a',
  'http://x',
  '1.2.3',
  '[::',
  'a..b',
  'a_b/c',
])('--listen %j is refused', text => {
  expect(() => readAddress(text)).toThrow(/^expected \[HOST:\]PORT such as .*, got "/)
})

test.each([
  ['0.0.0.0', '0.0.0.0'],
  ['::', '::'],
  ['[::1]', '::1'],
  ['*', '::'],
  ['lab.example', 'lab.example'],
])('--host %s', (text, host) => expect(readHost(text)).toBe(host))

test.each(['', '8080', '0.0.0.0:8080', 'http://x'])('--host %j is refused', text => {
  expect(() => readHost(text)).toThrow(/^expected a host such as 0\.0\.0\.0, .*, got "/)
})

test.each([
  ['5000', 'http://localhost:5000'],
  ['127.0.0.1:5000', 'http://127.0.0.1:5000'],
  ['[::1]:5000', 'http://[::1]:5000'],
  ['lab-1.example:80/', 'http://lab-1.example'],
  ['https://lab.example', 'https://lab.example'],
])('--upstream %s', (text, origin) => expect(readUpstream(text).origin).toBe(origin))

test.each(['99999', 'lab', 'ftp://x', 'a:b', 'http://x/y', '127.0.0.1:5000/path', ''])(
  '--upstream %j is refused',
  text => expect(() => readUpstream(text)).toThrow(/^expected a URL /),
)

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['[::1]', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['127.evil.example', false],
  ['192.168.1.5', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})

const outside = ['192.168.1.5', 'fd00::5']

test.each([
  ['http', '127.0.0.1', 8080, ['http://127.0.0.1:8080']],
  ['http', '0.0.0.0', 80, ['http://127.0.0.1', 'http://192.168.1.5']],
  ['https', '::', 443, ['https://127.0.0.1', 'https://192.168.1.5', 'https://[fd00::5]']],
] as const)('%s on %s:%i is reached at %j', (scheme, host, port, urls) => {
  expect(reachableUrls(scheme, { host, port }, outside.slice())).toEqual(urls)
})

test.each([
  ['http://127.0.0.1:8080', '127.0.0.1', true],
  ['http://localhost:8080', '127.0.0.1', true],
  ['http://127.0.0.1:8080', '0.0.0.0', true],
  ['http://192.168.1.5:8080', '0.0.0.0', true],
  ['http://[fd00::5]:8080', '::', true],
  ['http://0.0.0.0:8080', '127.0.0.1', true],
  ['http://192.168.1.5:8080', '127.0.0.1', false],
  ['http://192.168.1.6:8080', '0.0.0.0', false],
  ['http://127.0.0.1:8081', '127.0.0.1', false],
  ['http://box:8080', '0.0.0.0', true],
  ['http://box.local:8080', '0.0.0.0', true],
  ['http://box:8080', '127.0.0.1', false],
  ['http://boxer:8080', '0.0.0.0', false],
])('upstream %s of a guard on %s:8080 is the guard itself: %s', (upstream, host, expected) => {
  expect(isItself(new URL(upstream), { host, port: 8080 }, outside, 'box')).toBe(expected)
})
