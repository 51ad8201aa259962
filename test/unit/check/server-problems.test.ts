// How each server reads a file: what it refuses, and whose login fails there for what is around the hash.
import { expect, test } from 'vitest'
import { problem } from '../../../src/check/problem.ts'
import { TargetProblems } from '../../../src/check/server-problems.ts'
import { type Target, targetNames } from '../../../src/check/servers.ts'
import { scanLines } from '../../../src/document/scan-lines.ts'

// a record that all of them but Envoy and Caddy take, and one for those
const SHA = '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='
const BCRYPT = `$2y$12$${'a'.repeat(21)}e${'b'.repeat(30)}C`
const good = (target: Target): string => (target === 'envoy' ? SHA : BCRYPT)

function at(target: Target, text: string): string[] {
  const hash = target === 'nginx-windows' ? SHA : good(target)
  const bytes = Buffer.from(text.replaceAll('HASH', hash), 'latin1')
  const problems = new TargetProblems(target, bytes)
  return [...scanLines(bytes)]
    .flatMap(line => [...problems.of(line)])
    .map(({ code, line }) => `${line} ${code}`)
}

const all = (result: readonly string[], except: Partial<Record<Target, readonly string[]>> = {}) =>
  Object.fromEntries(targetNames.map(target => [target, except[target] ?? result]))

const refused = (line: number): string[] => [`${line} file-refused`]
const out = (line: number): string[] => [`${line} cannot-log-in`]

test.each([
  ['a file as it should be', '# c\n\nann:HASH\nbob:HASH\n', all([])],
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
      traefik: refused(1),
      envoy: refused(1),
      'oauth2-proxy': refused(1),
    }),
  ],
  ['blanks before a name', ' ann:HASH\n', all([], { nginx: out(1), 'nginx-windows': out(1), envoy: out(1) })],
  [
    'blanks behind a hash',
    'ann:HASH \n',
    all([], { nginx: out(1), 'nginx-windows': out(1), envoy: refused(1) }),
  ],
  [
    'a name that comes twice',
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
    'a blank and a quotation mark in a name',
    'an n"a:HASH\n',
    all([], { caddy: ['1 username'], haproxy: ['1 username'], 'oauth2-proxy': refused(1) }),
  ],
  ['a record that nobody takes', 'ann:!\nbob:HASH\n', all(out(1), { envoy: refused(1) })],
  [
    'a last record that nobody takes',
    'bob:HASH\nann:!\n# c\n',
    all(out(2), { envoy: refused(2), 'oauth2-proxy': refused(2) }),
  ],
  ['a line of blanks', 'ann:HASH\n\n  \n', all([], { envoy: refused(3), 'oauth2-proxy': refused(3) })],
  [
    'a comment behind blanks',
    '  # c\nann:HASH\n',
    all([], { envoy: refused(1), 'oauth2-proxy': refused(1) }),
  ],
  ['a comment with a colon behind blanks', '  # c: d\nann:HASH\n', all([], { envoy: refused(1) })],
])('%s', (_name, text, expected) => {
  const found = Object.fromEntries(targetNames.map(target => [target, at(target, text)]))
  expect(found).toEqual(expected)
})

test('lines in CRLF are told once', () => {
  expect(at('envoy', 'ann:HASH\r\nbob:HASH\r\n')).toEqual(refused(1))
})

test('a problem of the text is mended by what gets in there', () => {
  const adapted = (target: Target) => {
    const { severity, mend } = new TargetProblems(target, Buffer.alloc(0)).adapt(
      problem('broken-hash', { line: 1, user: 'ann' }, 'broken'),
    )
    return `${severity}: ${mend}`
  }
  expect(adapted('caddy')).toBe('problem: htpasswd -B -C 12 FILE USER')
  expect(adapted('nginx-windows')).toBe('problem: htpasswd -m FILE USER')
  expect(adapted('envoy')).toBe('note: htpasswd -s FILE USER')
})
