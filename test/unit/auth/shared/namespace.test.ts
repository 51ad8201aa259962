// Keys and members in the shared store: replicas with another secret neither find nor read them.
import { expect, test } from 'vitest'
import { Namespace } from '../../../../src/auth/shared/namespace.ts'

const [secret, other] = ['s'.repeat(40), 't'.repeat(40)]
const ended = { id: 'AAAAAAAAAAAAAAAAAAAAAA', signedInAt: 1_700_000_000_000, until: 1_700_604_860_000 }

test('keys tell nothing about names and addresses, and depend on the secret', () => {
  const key = new Namespace(secret, 'htpasswd:').keyOf('name alice 192.0.2.1')
  expect(key).toMatch(/^htpasswd:[\w-]{22}$/)
  expect(new Namespace(secret, 'htpasswd:').keyOf('name alice 192.0.2.1')).toBe(key)
  expect(new Namespace(other, 'htpasswd:').keyOf('name alice 192.0.2.1')).not.toBe(key)
  expect(new Namespace(secret, 'htpasswd:').keyOf('name bob 192.0.2.1')).not.toBe(key)
})

test('a session is read as it was written', () => {
  const namespace = new Namespace(secret, '')
  expect(namespace.read(namespace.write(ended))).toEqual(ended)
})

test.each([
  ['another secret', new Namespace(other, '').write(ended)],
  ['a later end', new Namespace(secret, '').write(ended).replace('604860000', '604860001')],
  ['no digest', `${ended.id} ${ended.signedInAt} ${ended.until}`],
  ['other text', 'hello'],
  ['nothing', ''],
])('%s ends no session', (_, member) => {
  expect(new Namespace(secret, '').read(member)).toBeUndefined()
})
