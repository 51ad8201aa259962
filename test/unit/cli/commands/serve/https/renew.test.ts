// The certificates that `--https` creates, and when it renews them. Other programs check them in test/interop/https.test.ts.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  isPermitted,
  machineNames,
  permittedFor,
  readHostName,
} from '../../../../../../src/cli/commands/serve/https/names.ts'
import { type Renewal, renew } from '../../../../../../src/cli/commands/serve/https/renew.ts'
import { permittedNames, subjectNames } from '../../../../../../src/cli/commands/serve/https/x509.ts'

const machine = { hostname: 'Lab.Uni.example', addresses: ['192.168.1.5', '2001:db8::0:5'] }
const start = new Date('2026-01-01T00:00:00Z')
const after = (days: number): Date => new Date(start.getTime() + days * 86_400_000)
const none = { authority: undefined, server: undefined }
const first = renew(none, machine, [], start)
const days = (certificate: string): number => {
  const { validFrom, validTo } = new X509Certificate(certificate)
  return (Date.parse(validTo) - Date.parse(validFrom)) / 86_400_000
}

test('the first run makes an authority and a certificate for every name of the machine', () => {
  expect(subjectNames(first.server.certificate)).toEqual([
    ...['localhost', 'lab.uni.example', 'lab', 'lab.local', '127.0.0.1', '::1', '192.168.1.5', '2001:db8::5'],
  ])
  expect(first.replaced).toBeUndefined()
  const authority = new X509Certificate(first.authority.certificate)
  const server = new X509Certificate(first.server.certificate)
  expect(authority.ca).toBe(true)
  expect(server.ca).toBe(false)
  expect(server.checkIssued(authority) && server.verify(authority.publicKey)).toBe(true)
  expect(server.checkPrivateKey(createPrivateKey(first.server.key))).toBe(true)
  expect(days(first.server.certificate)).toBeLessThanOrEqual(398)
})

test('the authority may sign for private names, the domain of the machine and its public address', () => {
  const permitted = permittedNames(first.authority.certificate)
  expect(permitted).toEqual(permittedFor(machine, []))
  expect(permitted).toEqual(
    expect.arrayContaining(['local', 'lan', 'uni.example', '10.0.0.0/8', '2001:db8::5/128']),
  )
})

test.each([
  ['lab.uni.example', true],
  ['lab.com', false],
])('the authority of the machine %s may sign for its domain: %s', (hostname, expected) => {
  const domain = hostname.slice(hostname.indexOf('.') + 1)
  expect(permittedFor({ ...machine, hostname }, []).includes(domain)).toBe(expected)
})

const later: [
  string,
  Renewal,
  string[],
  number,
  { authority: boolean; server: boolean; replaced?: string },
][] = [
  ['the next day', first, [], 1, { authority: true, server: true }],
  ['29 days before its end', first, [], 336, { authority: true, server: false }],
  ['a new name', first, ['mlflow.lan'], 1, { authority: true, server: false }],
  [
    'a new name elsewhere',
    first,
    ['mlflow.test'],
    1,
    { authority: false, server: false, replaced: 'it may not sign for mlflow.test' },
  ],
  [
    'before the authority ends',
    first,
    [],
    3650 - 390,
    { authority: false, server: false, replaced: 'it is about to expire' },
  ],
  [
    'the key of another authority',
    { ...first, authority: { ...first.authority, key: first.server.key } },
    [],
    1,
    { authority: false, server: false, replaced: 'its key was another' },
  ],
]
test.each(later)('%s', (_, stored, names, day, { authority, server, replaced }) => {
  const next = renew(stored, machine, names, after(day))
  expect(next.authority === stored.authority).toBe(authority)
  expect(next.server === stored.server).toBe(server)
  expect(next.replaced).toBe(replaced)
  expect(subjectNames(next.server.certificate)).toEqual(expect.arrayContaining(names))
})

test('a name stays, an address that the machine no longer has does not', () => {
  const named = renew(first, machine, ['mlflow.lan'], start)
  const moved = renew(named, { ...machine, addresses: ['192.168.1.6'] }, [], start)
  const names = subjectNames(moved.server.certificate)
  expect(names).toEqual(expect.arrayContaining(['mlflow.lan', '192.168.1.6']))
  expect(names).not.toContain('192.168.1.5')
  expect(moved.authority).toBe(first.authority)
})

test('an address in a public network that the machine got since is left out', () => {
  const moved = renew(first, { ...machine, addresses: ['203.0.113.9'] }, [], start)
  expect(moved.authority).toBe(first.authority)
  expect(subjectNames(moved.server.certificate)).not.toContain('203.0.113.9')
})

test.each([
  ['a.local', ['local'], true],
  ['local', ['local'], true],
  ['notlocal', ['local'], false],
  ['10.1.2.3', ['10.0.0.0/8'], true],
  ['11.1.2.3', ['10.0.0.0/8', 'local'], false],
  ['fd00::1', ['fc00::/7'], true],
  ['10.1.2.3', [], false],
])('%s within %j: %s', (name, permitted, expected) => expect(isPermitted(name, permitted)).toBe(expected))

test.each([
  ['MLflow.LAN', 'mlflow.lan'],
  ['bücher.lan', 'xn--bcher-kva.lan'],
  ['10.0.0.1', '10.0.0.1'],
  ['FD00:0:0::1', 'fd00::1'],
])('--https-name %s is %s', (text, name) => expect(readHostName(text)).toBe(name))

test.each(['', 'a b', 'https://lan', 'lan:8080', '-a.lan', 'a..b', '*.lan', `${'a'.repeat(64)}.lan`])(
  '--https-name %j is refused',
  text => expect(() => readHostName(text)).toThrow('expected a host name or an IP address'),
)

test('a host name that is none is left out', () =>
  expect(machineNames({ hostname: 'my_box', addresses: [] })).toEqual(['localhost', '127.0.0.1', '::1']))
