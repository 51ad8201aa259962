// A realm cannot end its quotes or its line (http-auth writes it as it is).
import { expect, test } from 'vitest'
import { Authenticator } from '../../src/auth/authenticator.ts'
import { formatChallenge } from '../../src/http/basic/challenge.ts'
import { createGuard } from '../../src/http/guard/guard.ts'
import { basicAuth } from '../../src/http/middleware/node.ts'

const authenticator = new Authenticator(() => undefined)

test.each(['a\r\nSet-Cookie: admin=1', 'a\nb', 'a\0b', '\u007f'])(
  '%j is refused wherever a realm is taken',
  realm => {
    expect(() => formatChallenge(realm)).toThrow('"realm"')
    expect(() => basicAuth(authenticator, { realm })).toThrow('"realm"')
    expect(() => createGuard({ authenticator, realm, upstream: 'http://127.0.0.1:1' })).toThrow('"realm"')
  },
)

test('quotes and backslashes stay inside', () => {
  expect(formatChallenge('x", error="y\\')).toBe('Basic realm="x\\", error=\\"y\\\\", charset="UTF-8"')
})
