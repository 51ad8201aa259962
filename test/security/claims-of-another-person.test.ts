// What a provider says about a person is text that the person may have chosen: it must not become another user's name.
import { expect, test } from 'vitest'
import { type ClaimMapping, mapClaims } from '../../src/auth/openid/claims.ts'

const users = new Map([
  ['ann@ok.test', '*'],
  ['admin', '$2y$12$abcdefghijklmnopqrstuv'],
])
const source = { get: (name: string | Uint8Array) => users.get(String(name)) }
const map = (claims: Record<string, unknown>, mapping: ClaimMapping) => mapClaims(claims, mapping, source)
const anyOf: ClaimMapping = { users: 'any', allow: ['domain:ok.test'] }

// GHSA-c5c4-8r6x-56w3: the domain of an address with two @ was taken from the wrong one
test.each([
  'a@evil.test@ok.test',
  '"a@ok.test"@evil.test',
  'a@ok.test@evil.test',
  '@ok.test',
  'ok.test',
  'a@ok.test ',
])('an address that is none of the domain: %s', email => {
  expect(map({ email, email_verified: true }, anyOf)).toHaveProperty('refused')
})

test.each([undefined, false, 'true', 1, null])('an address that is not verified: %j', verified => {
  expect(map({ email: 'ann@ok.test', email_verified: verified }, {})).toHaveProperty('refused')
})

test.each(['file', 'any'] as const)('a provider’s admin is not the admin of the file (%s)', kind => {
  const mapping: ClaimMapping = { userClaim: 'preferred_username', users: kind, allow: ['user:admin'] }
  expect(map({ preferred_username: 'admin' }, mapping)).toHaveProperty('refused')
})

test.each(['ann:x', 'ann\n', '\u0000', '', 'x'.repeat(256)])('a name that no file can have: %j', name => {
  expect(map({ sub: name }, { userClaim: 'sub' })).toHaveProperty('refused')
})

test('groups with separators are dropped, so none becomes two', () => {
  const claims = { email: 'ann@ok.test', email_verified: true, groups: ['a,admins', 'b admins', 'c\n', 'ok'] }
  expect(map(claims, { groupsClaim: 'groups' })).toMatchObject({ groups: ['ok'] })
})
