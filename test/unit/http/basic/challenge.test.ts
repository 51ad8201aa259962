import { expect, test } from 'vitest'
import { formatChallenge } from '../../../../src/http/basic/challenge.ts'

test.each([
  ['MLflow', 'Basic realm="MLflow", charset="UTF-8"'],
  ['a"b\\c', 'Basic realm="a\\"b\\\\c", charset="UTF-8"'],
  ['', 'Basic realm="", charset="UTF-8"'],
  ['Köln', `Basic realm="${Buffer.from('Köln').toString('latin1')}", charset="UTF-8"`],
])('the realm %j', (realm, challenge) => expect(formatChallenge(realm)).toBe(challenge))

test.each(['a\r\nSet-Cookie: x', 'a\0', 'a\u007f', '\t'])('the realm %j is invalid', realm =>
  expect(() => formatChallenge(realm)).toThrow('"realm"'),
)
