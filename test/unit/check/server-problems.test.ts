// How each server reads a file: what it refuses, and whose login fails because of what is around the hash.
import { expect, test } from 'vitest'
import { problem } from '../../../src/check/problem.ts'
import { ServerProblems } from '../../../src/check/server-problems.ts'
import { type ServerName, serverNames } from '../../../src/check/servers.ts'
import { scanLines } from '../../../src/document/scan-lines.ts'

// a record that all of them but Envoy and Caddy take, and one for those
const SHA = '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='
const BCRYPT = `$2y$12$${'a'.repeat(21)}e${'b'.repeat(30)}C`
const good = (server: ServerName): string => (server === 'envoy' ? SHA : BCRYPT)

function at(server: ServerName, text: string): string[] {
  const hash = server === 'nginx-windows' ? SHA : good(server)
  const bytes = Buffer.from(text.replaceAll('HASH', hash), 'latin1')
  const problems = new ServerProblems(server, bytes)
  return [...scanLines(bytes)]
    .flatMap(line => [...problems.problemsIn(line)])
    .map(({ code, line }) => `${line} ${code}`)
}

const all = (result: readonly string[], except: Partial<Record<ServerName, readonly string[]>> = {}) =>
  Object.fromEntries(serverNames.map(server => [server, except[server] ?? result]))

const refused = (line: number): string[] => [`${line} file-refused`]
const out = (line: number): string[] => [`${line} cannot-log-in`]

test.each([
  ['a correct file', '# c\n\nann:HASH\nbob:HASH\n', all([])],
  ['CRLF', '# c\r\nann:HASH\r\n', all([], { envoy: refused(1) })],
  ['a byte order mark', '\xef\xbb\xbfann:HASH\nbob:HASH\n', all(out(1), { caddy: [], haproxy: [] })],
  [
    'a byte order mark before a comment',
    '\xef\xbb\xbf# c\nbob:HASH\n',
    all([], {
      traefik: refused(1),
      envoy: refused(1),
      'oauth2-proxy': refused(1),
      'docker-registry': refused(1),
    }),
  ],
  [
    'a line without a colon',
    'ann:HASH\nno colon\n',
    all([], {
      traefik: refused(2),
      envoy: refused(2),
      'oauth2-proxy': refused(2),
      'docker-registry': refused(2),
    }),
  ],
  [
    'a third field',
    'ann:HASH:more\n',
    all([], {
      lighttpd: out(1),
      traefik: refused(1),
      envoy: refused(1),
      'oauth2-proxy': refused(1),
    }),
  ],
  [
    'whitespace before a name',
    ' ann:HASH\n',
    all([], { nginx: out(1), 'nginx-windows': out(1), lighttpd: out(1), envoy: out(1) }),
  ],
  [
    'whitespace after a hash',
    'ann:HASH \n',
    all([], { nginx: out(1), 'nginx-windows': out(1), lighttpd: out(1), envoy: refused(1) }),
  ],
  [
    'a duplicate user',
    'ann:HASH\nann:HASH\n',
    all([], {
      traefik: ['2 duplicate-user'],
      caddy: refused(2),
      envoy: refused(2),
      'oauth2-proxy': ['2 duplicate-user'],
      'docker-registry': ['2 duplicate-user'],
    }),
  ],
  [
    'a space and a quotation mark in a name',
    'an n"a:HASH\n',
    all([], { caddy: ['1 username'], haproxy: ['1 username'], 'oauth2-proxy': refused(1) }),
  ],
  ['a record that no server checks', 'ann:!\nbob:HASH\n', all(out(1), { envoy: refused(1) })],
  [
    'a last record that no server checks',
    'bob:HASH\nann:!\n# c\n',
    all(out(2), { envoy: refused(2), 'oauth2-proxy': refused(2) }),
  ],
  ['a whitespace-only line', 'ann:HASH\n\n  \n', all([], { envoy: refused(3), 'oauth2-proxy': refused(3) })],
  ['an indented comment', '  # c\nann:HASH\n', all([], { envoy: refused(1), 'oauth2-proxy': refused(1) })],
  ['an indented comment with a colon', '  # c: d\nann:HASH\n', all([], { envoy: refused(1) })],
])('%s', (_name, text, expected) => {
  const found = Object.fromEntries(serverNames.map(server => [server, at(server, text)]))
  expect(found).toEqual(expected)
})

test('CRLF is reported once', () => {
  expect(at('envoy', 'ann:HASH\r\nbob:HASH\r\n')).toEqual(refused(1))
})

test('the advice for a problem names a format that the server checks', () => {
  const adapted = (server: ServerName) => {
    const { severity, fix } = new ServerProblems(server, Buffer.alloc(0)).adapt(
      problem('broken-hash', { line: 1, user: 'ann' }, 'broken'),
    )
    return `${severity}: ${fix}`
  }
  expect(adapted('caddy')).toBe('problem: htpasswd -B -C 12 FILE USER')
  expect(adapted('nginx-windows')).toBe('problem: htpasswd -m FILE USER')
  expect(adapted('envoy')).toBe('note: htpasswd -s FILE USER')
})
