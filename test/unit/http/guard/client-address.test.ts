import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createClientFacts, originOf } from '../../../../src/http/guard/client-address.ts'

const request = (
  remoteAddress: string | undefined,
  headers: Record<string, string> = {},
  localAddress: string | undefined = '192.0.2.1',
) =>
  ({
    socket: { remoteAddress, localAddress },
    headers: { host: 'h:8080', ...headers },
  }) as unknown as IncomingMessage

describe('without trusted proxies', () => {
  const facts = createClientFacts([], false)
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    [undefined, '0.0.0.0'],
  ])('the client of %s is %s, whatever its headers claim', (peer, address) => {
    const claims = {
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil',
    }
    expect(facts(request(peer, claims))).toEqual({ address, scheme: 'http', host: 'h:8080', proxied: false })
  })
})

describe('with trusted proxies', () => {
  const facts = createClientFacts(['10.0.0.0/8', '2001:db8::1', '127.0.0.1'], false)
  test.each([
    ['the last untrusted address is the client', '10.0.0.1', '6.6.6.6, 192.0.2.7, 10.2.2.2', '192.0.2.7'],
    ['all are trusted: the first one is the client', '10.0.0.1', '10.3.3.3, 10.2.2.2', '10.3.3.3'],
    ['with ports', '10.0.0.1', '192.0.2.7:4711', '192.0.2.7'],
    ['IPv6 in brackets', '10.0.0.1', '"x", [2001:db8::7]:80', '2001:db8::7'],
    ['an invalid address ends the list', '10.0.0.1', '192.0.2.7, unknown', '10.0.0.1'],
    ['an empty list', '10.0.0.1', '', '10.0.0.1'],
    ['an IPv6 proxy', '2001:db8::1', '192.0.2.7', '192.0.2.7'],
    ['IPv4 on a dual-stack socket', '::ffff:127.0.0.1', '192.0.2.7', '192.0.2.7'],
    ['a link-local address with its zone', '10.0.0.1', 'fe80::1%eth0', 'fe80::1%eth0'],
    ['a link-local client', 'fe80::1%eth0', '127.0.0.1', 'fe80::1%eth0'],
    ['an untrusted peer is not believed', '192.0.2.99', '127.0.0.1', '192.0.2.99'],
  ])('%s', (_, peer, list, address) => {
    expect(facts(request(peer, { 'x-forwarded-for': list })).address).toBe(address)
  })

  test('scheme and host are those that the proxy reports', () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'Guard.Example:443' }
    expect(originOf(facts(request('10.0.0.1', headers)))).toBe('https://guard.example')
    expect(originOf(facts(request('10.0.0.1', { 'x-forwarded-proto': 'ftp' })))).toBe('http://h:8080')
  })
})

describe('a peer on a Unix socket', () => {
  const onSocket = (
    trust: string[],
    headers: Record<string, string> = {},
    onUntrusted?: (peer: string) => void,
  ) =>
    createClientFacts(
      trust,
      false,
      onUntrusted,
    )({
      socket: { remoteAddress: undefined, localAddress: undefined },
      headers: { host: 'h', ...headers },
    } as never)
  const claims = {
    'x-forwarded-for': '192.0.2.7',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'public',
  }

  test('is no proxy by any address', () => {
    const reported: string[] = []
    const trust = ['loopback,private', '0.0.0.0/0', '::/0']
    expect(onSocket(trust, claims, peer => reported.push(peer))).toEqual({
      address: 'unix',
      scheme: 'http',
      host: 'h',
      proxied: false,
    })
    expect(reported).toEqual(['unix'])
  })

  test('is one by the word', () => {
    const client = { address: '192.0.2.7', scheme: 'https', host: 'public', proxied: true }
    expect(onSocket(['10.0.0.0/8, unix'], claims)).toEqual(client)
    expect(onSocket(['unix'])).toEqual({ address: 'unix', scheme: 'http', host: 'h', proxied: true })
    // the word is no address that a proxy may report
    expect(onSocket(['unix'], { 'x-forwarded-for': '192.0.2.7, unix' }).address).toBe('unix')
  })

  test('is none for a TCP peer whose address is unknown', () => {
    expect(createClientFacts(['unix'], false)(request(undefined, claims))).toMatchObject({ proxied: false })
  })

  test('a proxy on it stays trusted, however many addresses it has reported', () => {
    const find = createClientFacts(['unix', '10.0.0.0/8'], false)
    const ask = (hop: string) =>
      find({
        socket: {},
        headers: { host: 'h', 'x-forwarded-for': hop },
      } as unknown as IncomingMessage)
    for (let i = 0; i < 10_002; i++) ask(`192.0.${i >> 8}.${i & 255}`)
    expect(ask('192.0.2.7')).toMatchObject({ address: '192.0.2.7', proxied: true })
  })
})

test.each(['10.0.0.0/33', 'example.org', '10.0.0.0/8/8', '', '::/129', '10.0.0.0/x', '10.0.0/8'])(
  '%j is no CIDR block',
  block => expect(() => createClientFacts([block], false)).toThrow('"trustProxy"'),
)

test.each([
  ['http', 'H:80', 'http://h'],
  ['https', 'h:443', 'https://h'],
  ['http', 'h:443', 'http://h:443'],
  ['http', '[::1]:80', 'http://[::1]'],
])('%s and %s are the origin %s', (scheme, host, origin) => expect(originOf({ scheme, host })).toBe(origin))

test('a peer that is not trusted and sends X-Forwarded-For is reported', () => {
  const reported: string[] = []
  const find = createClientFacts(['10.0.0.0/8'], false, peer => reported.push(peer))
  const from = (remoteAddress: string, headers: Record<string, string>) =>
    find({ socket: { remoteAddress }, headers } as never).address
  expect(from('192.0.2.1', {})).toBe('192.0.2.1')
  expect(from('10.0.0.1', { 'x-forwarded-for': '192.0.2.9' })).toBe('192.0.2.9')
  expect(reported).toEqual([])
  expect(from('192.0.2.1', { 'x-forwarded-for': '192.0.2.9' })).toBe('192.0.2.1')
  expect(reported).toEqual(['192.0.2.1'])
})
