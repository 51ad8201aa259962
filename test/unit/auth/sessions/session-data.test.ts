// The bytes of a session cookie: every session survives encoding, and other bytes are refused.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeSession, encodeSession, type SessionData } from '../../../../src/auth/sessions/session-data.ts'
import { toByteString } from '../../../../src/bytes.ts'

const time = fc.integer({ min: 0, max: 2 ** 47 })
const claim = fc.string({ maxLength: 40 })
const data: fc.Arbitrary<SessionData> = fc.record({
  id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytes => Buffer.from(bytes).toString('base64url')),
  username: fc.uint8Array({ minLength: 1, maxLength: 255 }).map(bytes => toByteString(bytes)),
  signedInAt: time,
  issuedAt: time,
  staysSignedIn: fc.boolean(),
  provider: fc.option(fc.record({ subject: claim, session: claim, groups: fc.array(claim) }), {
    nil: undefined,
  }),
})

test('comes back as it was', () => {
  fc.assert(
    fc.property(data, session => {
      const { provider, ...rest } = decodeSession(encodeSession(session)) as SessionData
      expect({ ...rest, provider }).toEqual(session)
    }),
  )
})

test('bytes of any other form are no session, and no error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), bytes => {
      const decoded = decodeSession(Buffer.from(bytes))
      if (decoded !== undefined) expect(encodeSession(decoded)).toEqual(Buffer.from(bytes))
    }),
  )
})

test.each([0, 1, 29, 30])('%i bytes cut off the end are no session', length => {
  const bytes = encodeSession({
    id: 'A'.repeat(22),
    username: toByteString('alice'),
    signedInAt: 1,
    issuedAt: 2,
    staysSignedIn: false,
  })
  expect(decodeSession(bytes.subarray(0, length))).toBeUndefined()
})
