import { describe, expect, test } from 'vitest'
import {
  hostOf,
  nameOf,
  ownAddressOf,
  parseUpstreamUrl,
  portOf,
  targetOf,
} from '../../../../src/http/client/upstream-url.ts'

test.each([
  ['http://127.0.0.1:5000', 'http://127.0.0.1:5000', '127.0.0.1', 5000],
  ['http://localhost:5000/', 'http://localhost:5000', 'localhost', 5000],
  ['https://app.example', 'https://app.example', 'app.example', 443],
  ['http://box/', 'http://box', 'box', 80],
  ['http://[::1]:5173', 'http://[::1]:5173', '::1', 5173],
  ['http://[fd00::1]:81', 'http://[fd00::1]:81', 'fd00::1', 81],
])('%s is an upstream', (text, origin, host, port) => {
  for (const given of [text, new URL(text)]) {
    const url = parseUpstreamUrl(given)
    expect([url.origin, hostOf(url), portOf(url)]).toEqual([origin, host, port])
  }
})

const onPosix = process.platform !== 'win32'

test
  .runIf(onPosix)
  .each(['unix:/run/my app.sock', 'http://unix:/run/my app.sock:/', new URL('unix:/run/my%20app.sock')])(
  '%s is a socket, on which the app is localhost',
  given => {
    const url = parseUpstreamUrl(given)
    expect(targetOf(url)).toEqual({ path: '/run/my app.sock' })
    expect(nameOf(url)).toBe('unix:/run/my app.sock')
    expect(ownAddressOf(url)).toMatchObject({ host: 'localhost', origin: 'http://localhost' })
  },
)

test.each([
  ['http://127.0.0.1:5000', { host: '127.0.0.1', port: 5000 }, '127.0.0.1:5000', 'http://127.0.0.1:5000'],
  ['http://localhost:5000/', { host: 'localhost', port: 5000 }, 'localhost:5000', 'http://localhost:5000'],
  ['https://app.example', { host: 'app.example', port: 443 }, 'app.example', 'https://app.example'],
  ['http://[fd00::1]:81', { host: 'fd00::1', port: 81 }, '[fd00::1]:81', 'http://[fd00::1]:81'],
])('%s is connected to, named and sent as it is written', (text, target, host, origin) => {
  const url = parseUpstreamUrl(text)
  expect([targetOf(url), nameOf(url)]).toEqual([target, origin])
  expect(ownAddressOf(url)).toMatchObject({ host, origin })
})

test.each([
  ['5000', 'expected a URL such as http://127.0.0.1:5000, got "5000"; did you mean http://127.0.0.1:5000?'],
  ['127.0.0.1:5000', 'did you mean http://127.0.0.1:5000?'],
  ['localhost:5000', 'did you mean http://localhost:5000?'],
  ['nonsense', 'got "nonsense"'],
  ['', 'expected a URL such as http://127.0.0.1:5000, got ""'],
  ['ftp://x', 'expected a URL such as'],
  ['ftp://user:secret@x', 'got "ftp://x"'],
  ['unix:', '"unix:"'],
  ['http://x/y', 'expected a URL without a path, such as http://x, got "http://x/y"'],
  ['http://x/?y', 'without a path'],
  ['http://x/#y', 'without a path'],
  ['http://user:secret@x', 'expected a URL without user and password'],
])('%j is refused: %s', (text, message) => {
  expect(() => parseUpstreamUrl(text)).toThrow(message)
  expect(() => parseUpstreamUrl(text)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
})

describe('the message', () => {
  test('names the option where it is told one', () => {
    expect(() => parseUpstreamUrl('x', '"upstream"')).toThrow(/^"upstream" expected a URL/)
  })

  test.each(['http://user:secret@127.0.0.1', 'ftp://user:secret@x', 'http://user:secret@x/y'])(
    'never repeats a password: %s',
    text => expect(() => parseUpstreamUrl(text)).not.toThrow(/secret/),
  )
})
