// What is repaired, that nothing else is touched, and that a repaired file needs no repair.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkDocument } from '../../../src/check/check-document.ts'
import { fixDocument } from '../../../src/check/fix-document.ts'
import { fixable } from '../../../src/check/problem.ts'
import { parseHtpasswd } from '../../../src/document/document.ts'
import { withLineFeedsForCr } from '../../../src/document/encoding.ts'
import { hashPassword } from '../../../src/hash/hash-password.ts'
import { formats } from '../../../src/hash/registry.ts'
import { fileText } from '../../support/arbitraries.ts'

const APR1 = '$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/'
const DOUBLED = APR1.replaceAll('$', '$$$$')

const fix = (text: string) => {
  const { bytes, changes } = fixDocument(Buffer.from(text, 'latin1'))
  return {
    text: Buffer.from(bytes).toString('latin1'),
    codes: changes.map(({ code, line }) => `${line} ${code}`),
  }
}

describe('repairs', () => {
  test.each([
    ['a byte order mark', `\xef\xbb\xbfann:${APR1}\n`, `ann:${APR1}\n`, ['1 bom']],
    ['CRLF', `# c\r\n\r\nann:${APR1}\r\n`, `# c\n\nann:${APR1}\n`, ['0 crlf']],
    ['two kinds of newlines', `ann:${APR1}\r\nbob:!\n`, `ann:${APR1}\nbob:!\n`, ['0 crlf']],
    [
      'half of a CRLF at the end',
      `bob:!\nann:${APR1}\r\r`,
      `bob:!\nann:${APR1}\n`,
      ['0 crlf', '2 no-final-newline'],
    ],
    ['CR alone', `# c\rann:${APR1}\r`, `# c\nann:${APR1}\n`, ['0 cr']],
    ['a CR too many', `ann:${APR1}\r\r\n`, `ann:${APR1}\n`, ['0 crlf']],
    ['a missing last newline', `ann:${APR1}`, `ann:${APR1}\n`, ['1 no-final-newline']],
    ['a missing last newline of a comment', '# c', '# c\n', ['1 no-final-newline']],
    ['whitespace before a name', ` \tann:${APR1}:more\n`, `ann:${APR1}:more\n`, ['1 whitespace']],
    ['whitespace after a hash', `ann:${APR1} \n`, `ann:${APR1}\n`, ['1 whitespace']],
    [
      'whitespace on both sides',
      `  ann:${APR1} :more`,
      `ann:${APR1}:more\n`,
      ['1 whitespace', '1 whitespace', '1 no-final-newline'],
    ],
    ['escaped dollars', `ann:${DOUBLED}:more\nbob:!\n`, `ann:${APR1}:more\nbob:!\n`, ['1 escaped-dollars']],
    [
      'a duplicate user',
      `ann:${APR1}\nbob:!\n ann:!\nann:x\n`,
      `ann:${APR1}\nbob:!\n`,
      ['3 duplicate-user', '4 duplicate-user'],
    ],
    ['a duplicate in the last line', `ann:${APR1}\nann:x`, `ann:${APR1}\n`, ['2 duplicate-user']],
    [
      'a name that is not UTF-8',
      ` st\xffray:${DOUBLED}\n`,
      `st\xffray:${APR1}\n`,
      ['1 whitespace', '1 escaped-dollars'],
    ],
  ])('%s', (_name, before, after, codes) => expect(fix(before)).toEqual({ text: after, codes }))

  test('UTF-16', () => {
    const { bytes, changes } = fixDocument(Buffer.from(`\ufeffj\u00f6rg:${APR1}\r\n`, 'utf16le'))
    expect(Buffer.from(bytes).toString()).toBe(`j\u00f6rg:${APR1}\n`)
    expect(changes.map(({ code }) => code)).toEqual(['utf16', 'crlf'])
  })

  test.each(formats.filter(({ id }) => id !== 'plaintext').map(({ id }) => id))(
    'a %s hash from a compose file, to the original hash',
    async format => {
      const hash = await hashPassword('pw', { format, ...(format === 'bcrypt' && { cost: 4 }) })
      const { bytes } = fixDocument(`ann:${hash.replaceAll('$', '$$$$')}\n`)
      expect(parseHtpasswd(bytes).get('ann')).toBe(hash)
    },
  )
})

test.each([
  '',
  `# c\n\nann:${APR1}:third\n`,
  'no colon\n',
  'ann:\n',
  'ann:$apr1$short\n',
  'ann:se$$cret\n',
  'ann:!$$\n',
  '  # an indented comment\n',
])('does not change %j', text => {
  const source = Buffer.from(text)
  expect(fixDocument(source)).toEqual({ bytes: source, changes: [] })
})

test('a change shows the record before and after, and never a hash or a password', () => {
  const { changes } = fixDocument(` ann:${DOUBLED}\nann:hunter2\n bob:$hunter$2`)
  expect(changes.map(({ before, after }) => [before, after])).toEqual([
    [' ann:$$apr1$…', 'ann:$apr1$…'],
    [' ann:$$apr1$…', 'ann:$apr1$…'],
    ['ann:…', undefined],
    [' bob:…', 'bob:…'],
    [undefined, undefined],
  ])
})

test('a repaired file has none of the repairable problems, and a second run changes nothing', () => {
  fc.assert(
    fc.property(fileText, text => {
      const { bytes } = fixDocument(Buffer.from(text, 'latin1'))
      const left = [...checkDocument(bytes)].filter(({ code }) => fixable.has(code))
      expect(left).toEqual([])
      expect(fixDocument(bytes).changes).toEqual([])
    }),
  )
})

test('every user keeps the record that servers use', () => {
  fc.assert(
    fc.property(fileText, text => {
      const bytes = Buffer.from(text, 'latin1')
      // servers find no user in such a file
      fc.pre(withLineFeedsForCr(bytes) === undefined)
      const before = parseHtpasswd(bytes)
      const after = parseHtpasswd(fixDocument(before).bytes)
      expect(after.users()).toEqual(before.users())
      for (const user of before.users()) {
        const [then, now] = [before.get(user) as string, after.get(user) as string]
        // a superfluous carriage return is not part of a hash
        expect(now.trimEnd()).toBe((now === then ? then : then.replaceAll('$$', '$')).trimEnd())
      }
    }),
  )
})

test.each([
  'alice:A:5d41402abc4b2a76b9719d911017c592\nalice:B:5d41402abc4b2a76b9719d911017c592\n',
  ' admins: alice bob\nadmins: carol \n',
])('the records of another kind of file are not changed: %j', text => {
  expect(fix(text)).toEqual({ text, codes: [] })
  expect(fix(text.replaceAll('\n', '\r\n'))).toEqual({ text, codes: ['0 crlf'] })
})
