// Every problem of a file has its code and line, and is listed instead of thrown.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { advice, type ProblemCode } from '../../../src/check/problem.ts'
import { findProblems } from '../../../src/check/problems.ts'
import { fileText } from '../../support/arbitraries.ts'

const problemsOf = (text: string) => [...findProblems(Buffer.from(text, 'latin1'))]
const APR1 = '$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/'

/** Those that are found in the text alone: not in its bytes as a whole, its mode, or at some server, nor only where strong hashes are asked for. */
type TextProblem = Exclude<
  ProblemCode,
  'utf16' | 'cr' | 'mode' | 'cannot-log-in' | 'file-refused' | 'weak-hash'
>

const cases: Record<TextProblem, [text: string, line: number, user?: string][]> = {
  bom: [[`\xef\xbb\xbfa:${APR1}\n`, 1]],
  crlf: [
    [`a:${APR1}\r\nb:${APR1}\r\n`, 1],
    [`# x\r\na:${APR1}\n`, 1],
  ],
  'mixed-newlines': [
    [`a:${APR1}\r\nb:${APR1}\r\nc:${APR1}\n`, 3],
    ['# x\n\r\n# y\r\n', 2],
  ],
  'no-final-newline': [
    [`a:${APR1}\nb:${APR1}`, 2],
    ['#', 1],
  ],
  'malformed-line': [[`a:${APR1}\n\nno colon\n`, 3]],
  'long-line': [
    [`# ${'x'.repeat(254)}\n`, 1],
    [`\na:${APR1}:${'x'.repeat(220)}\n`, 2],
  ],
  whitespace: [
    [`  a:${APR1}\n`, 1, 'a'],
    [`a:${APR1} \t\n`, 1, 'a'],
    [`# c\na:${APR1} :third\n`, 2, 'a'],
  ],
  username: [
    [`:${APR1}\n`, 1, ''],
    [`\n${'x'.repeat(256)}:${APR1}\n`, 2, 'x'.repeat(256)],
    [`a\tb:${APR1}\n`, 1, 'a\tb'],
    [`# c\na\xc2\x85:${APR1}\n`, 2, 'a\u0085'],
    [`st\xffray:${APR1}\n`, 1, 'st\udcffray'],
    [`a :${APR1}\n`, 1, 'a '],
  ],
  'duplicate-user': [
    [`a:${APR1}\n# c\n a:${APR1}\n`, 3, 'a'],
    [`st\xffray:${APR1}\nst\xffray:${APR1}\n`, 2, 'st\udcffray'],
  ],
  'empty-hash': [
    ['# c\na:\n', 2, 'a'],
    ['a::third\n', 1, 'a'],
  ],
  'locked-hash': [
    [`a:!${APR1}\n`, 1, 'a'],
    ['a:*LOCKED*\n', 1, 'a'],
  ],
  'service-account': [
    ['a:*\n', 1, 'a'],
    ['a:*AbCdEfGhIjKlMnOpQrStUv\n', 1, 'a'],
  ],
  'malformed-hash': [
    ['a:$apr1$salt$short\n', 1, 'a'],
    [`\na:${APR1}x\n`, 2, 'a'],
  ],
  'escaped-dollars': [[`a:${APR1.replaceAll('$', '$$$$')}\n`, 1, 'a']],
  'unknown-hash': [
    ['a:$y$j9T$abc$def\n', 1, 'a'],
    ['a:$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA\n', 1, 'a'],
    ['a:{SSHA512}abc\n', 1, 'a'],
  ],
  'digest-file': [
    ['alice:Private:5d41402abc4b2a76b9719d911017c592\nalice:Other:5d41402abc4b2a76b9719d911017c592\n', 0],
  ],
  'group-file': [['admins: alice bob\nstaff: carol\n', 0]],
  'no-users': [
    ['', 1],
    ['# c\n\n', 2],
  ],
  plaintext: [
    ['a:plain\n', 1, 'a'],
    ['a:$money$rich\n', 1, 'a'],
    ['a:{PLAIN}plain\n', 1, 'a'],
  ],
  'broken-hash': [
    ['a:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n', 1, 'a'],
    ['a:ZU7Rz3XGxvpq6\n', 1, 'a'],
  ],
}

const table = Object.entries(cases).flatMap(([code, files]) =>
  files.map(([text, line, user]) => [code, text, line, user] as const),
)

test.each(table)('%s: %j, line %i', (code, text, line, user) => {
  const found = problemsOf(text).filter(problem => problem.code === code)
  const { fix } = advice[code as TextProblem]
  const severity = expect.stringMatching(/^(problem|note)$/)
  expect(found).toEqual([
    {
      code,
      line,
      ...(user !== undefined && { user }),
      severity,
      message: expect.any(String),
      fix,
      mend: fix,
    },
  ])
})

test('a third duplicate names the line that servers use', () => {
  const lines = problemsOf(`a:${APR1}\na:${APR1}\na:${APR1}\n`)
  expect(lines.map(({ line, message }) => [line, message.match(/\d+/)?.[0]])).toEqual([
    [2, '1'],
    [3, '1'],
  ])
})

test('a correct file has none', () => {
  expect(problemsOf(`# users\n\nann:${APR1}\nj\xc3\xb6rg:${APR1}:third\n`)).toEqual([])
})

test.each([
  ['CRLF newlines', `ann:${APR1}\r\nbob:${APR1}\r\n`, 'crlf'],
  ['a locked user', `ann:!${APR1}\n`, 'locked-hash'],
  ['a service account', 'ann:*\n', 'service-account'],
])('%s: a note, not a problem', (_name, text, code) => {
  expect(problemsOf(text)).toEqual([expect.objectContaining({ code, severity: 'note' })])
})

test('never throws, lists in line order, and contains no hash, whatever the file', () => {
  fc.assert(
    fc.property(fileText, text => {
      const problems = problemsOf(`${text}\nsecret:hunter2\nsecret:$hunter2$x\n`)
      const lines = problems.map(({ line }) => line)
      expect(lines).toEqual(lines.toSorted((a, b) => a - b))
      expect(Math.max(...lines)).toBeLessThanOrEqual(text.split('\n').length + 3)
      expect(JSON.stringify(problems)).not.toContain('hunter2')
    }),
  )
})

test.each(['alice:Private:5d41402abc4b2a76b9719d911017c592\n', 'admins: alice bob\n'])(
  'a file of another kind has no problem with its records: %j',
  text => expect(problemsOf(text)).toHaveLength(1),
)

test('{PLAIN} names the servers that accept it', () => {
  const [found] = [...findProblems(Buffer.from('a:{PLAIN}secret\n'))]
  expect(found?.message).toContain('accepted only by nginx and nginx on Windows')
})
