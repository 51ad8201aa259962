// A token must cost its sender more than the server before its signature is known: encrypted ones were decrypted first, with
// as many rounds as they asked for (CVE-2022-36083) or unpacked to any size (CVE-2024-28176). Both are refused unread.
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { startOpenidGuard } from '../support/openid-guard.ts'

const guard = await startOpenidGuard()
afterAll(() => guard[Symbol.asyncDispose]())
beforeEach(() => {
  guard.provider.asked.length = 0
})

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const bomb = deflateRawSync(Buffer.alloc(10_000_000)).subarray(0, 4000).toString('base64url')

test.each<[string, string]>([
  [
    'two thousand million rounds of PBES2',
    `${encode({ alg: 'PBES2-HS256+A128KW', p2c: 2 ** 31, p2s: 'x', enc: 'A128GCM' })}.a.b.c.d`,
  ],
  ['a compressed content', `${encode({ alg: 'dir', enc: 'A128GCM', zip: 'DEF' })}..${bomb}.b.c`],
  [
    'an RSA key of the sender’s',
    `${encode({ alg: 'RSA-OAEP', enc: 'A256GCM', jwk: { kty: 'RSA' } })}.${'A'.repeat(4000)}.b.c.d`,
  ],
  ['compression of a signed token', `${encode({ alg: 'RS256', zip: 'DEF' })}.${bomb}.x`],
  ['thousands of parts', 'a.'.repeat(4000)],
  ['more than 16 KB', `${encode({ alg: 'RS256' })}.${'A'.repeat(17_000)}.x`],
])('%s', async (_name, token) => {
  const before = process.cpuUsage()
  // the header field's own limit may end it even sooner
  const { status } = await fetch(guard.origin, { headers: { authorization: `Bearer ${token}` } })
  const { user, system } = process.cpuUsage(before)
  expect([401, 431]).toContain(status)
  expect(guard.provider.asked).toEqual([])
  expect((user + system) / 1000).toBeLessThan(500)
})
