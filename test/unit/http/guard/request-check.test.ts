import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { validateRequest } from '../../../../src/http/guard/request-check.ts'

const request = (change: object, headers: Record<string, string> = {}) =>
  ({
    httpVersion: '1.1',
    method: 'GET',
    url: '/',
    headers: { host: 'h', ...headers },
    ...change,
  }) as unknown as IncomingMessage

test.each([
  ['a plain request', {}, {}],
  ['HTTP/1.0', { httpVersion: '1.0' }, {}],
  ['any bytes in the target', { url: '/a%2Fb//..;?x=%C3%A9&y=a b' }, {}],
  ['chunked', { method: 'POST' }, { 'transfer-encoding': 'Chunked' }],
  ['a host with port', {}, { host: 'mlflow.example.com:8080' }],
  ['an IPv6 host', {}, { host: '[fd00::2]:8080' }],
  ['an empty host, which RFC 9110 section 7.2 allows', {}, { host: '' }],
])('%s is valid', (_, change, headers) => expect(validateRequest(request(change, headers))).toBeUndefined())

test.each([
  ['HTTP/2 without TLS', { httpVersion: '2.0' }, {}, 505],
  ['HTTP/0.9', { httpVersion: '0.9' }, {}, 505],
  ['TRACE', { method: 'TRACE' }, {}, 405],
  ['CONNECT', { method: 'CONNECT', url: 'h:443' }, {}, 405],
  ['absolute-form', { url: 'http://evil.example/' }, {}, 400],
  ['asterisk-form', { method: 'OPTIONS', url: '*' }, {}, 400],
  ['a fragment', { url: '/health#/../admin' }, {}, 400],
  ['two hosts', {}, { host: 'a, b' }, 400],
  ['a host with a path', {}, { host: 'a/b' }, 400],
  ['a host with a user', {}, { host: 'u@a' }, 400],
  ['gzip and chunked', {}, { 'transfer-encoding': 'gzip, chunked' }, 501],
  ['identity', {}, { 'transfer-encoding': 'identity' }, 501],
  ['chunked in HTTP/1.0', { httpVersion: '1.0' }, { 'transfer-encoding': 'chunked' }, 501],
])('%s is refused', (_, change, headers, status) =>
  expect(validateRequest(request(change, headers))?.status).toBe(status),
)
