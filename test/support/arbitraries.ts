// Random contents of password files, one Latin-1 character a byte.
import fc from 'fast-check'
import { isJoinedByCr } from '../../src/document/encoding.ts'
import { fileKind } from '../../src/document/file-kind.ts'

/** Few names, so that they occur again; the third is UTF-8, the fourth is not. */
export const NAMES = ['alice', 'bob', 'j\xc3\xb6rg', 'st\xffray', 'with blank', 'a']

const chunk = (unit: fc.Arbitrary<string>, maxLength = 12) => fc.string({ unit, maxLength })
const anyByte = fc.integer({ min: 0, max: 255 }).map(code => String.fromCharCode(code))
const inLine = anyByte.filter(character => character !== '\n')
const inField = inLine.filter(character => character !== ':')

const blanks = chunk(fc.constantFrom(' ', '\t', '\r', '\v', '\f'), 3)
const hash = fc.oneof(fc.constantFrom('', '$apr1$salt$digest', '{SHA}x', '!', 'old'), chunk(inField))
const rest = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  chunk(inLine).map(text => `:${text}`),
)

const record = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: fc.constant('') }, blanks),
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...NAMES) }, chunk(inField)),
    hash,
    rest,
  )
  .map(([before, name, hash, rest]) => `${before}${name}:${hash}${rest}`)

const line = fc.oneof(
  { weight: 6, arbitrary: record },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', '\t \t', '# comment', '#alice:old', '  # alice:old') },
  { weight: 1, arbitrary: chunk(inLine) },
  { weight: 1, arbitrary: fc.constantFrom('no colon', 'x'.repeat(100_000), `alice:${'y'.repeat(100_000)}`) },
)

/** Whole files: with and without a byte order mark, both newlines, with and without the last one. */
export const fileText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', '', '', '\xef\xbb\xbf'),
    fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\r\n')), { maxLength: 12 }),
    fc.boolean(),
  )
  .map(([mark, lines, isComplete]) => {
    const text = lines.map(parts => parts.join('')).join('')
    return mark + (isComplete ? text : text.replace(/\r?\n$/, ''))
  })
  // nor without its mark, or with the newline that a writer adds
  .filter(text => {
    const plain = text.replace(/^\xef\xbb\xbf/, '')
    return ![text, plain, `${plain}\n`].some(looksLikeUtf16)
  })

/** Files that may be changed: no digest or group file, no lines joined by CR. */
export const changeableText: fc.Arbitrary<string> = fileText.filter(
  text => fileKind(Buffer.from(text, 'latin1')) === 'password' && !text.split('\n').some(isJoinedByCr),
)

/** The two marks, or a NUL in every other one of the first four bytes. */
export const looksLikeUtf16 = (text: string): boolean =>
  /^(?:\xff\xfe|\xfe\xff|[^\0]\0[^\0]\0|\0[^\0]\0[^\0])/.test(text)

const member = fc.constantFrom(
  'ann',
  'bob',
  '"mary ann"',
  "'j\xc3\xb6rg'",
  'o"x',
  '"a\\"b"',
  'x\\\\y',
  '""',
  'a:b',
)
const gap = fc.constantFrom(' ', '  ', '\t', ' \\\n', '\\\n ', ' \\\r\n  ', '\r ')
const groupLine = fc
  .tuple(
    fc.constantFrom('', ' ', '\t'),
    fc.constantFrom('g1', 'g2', 'g3'),
    fc.constantFrom(':', ' :', '::'),
    fc.array(fc.tuple(gap, member), { maxLength: 5 }),
    fc.constantFrom('', ' ', '\r', ' \\'),
  )
  .map(
    ([before, group, colon, members, after]) => `${before}${group}${colon}${members.flat().join('')}${after}`,
  )

/** Valid group files. */
export const groupText: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(
      fc.oneof(
        { weight: 5, arbitrary: groupLine },
        { weight: 1, arbitrary: fc.constantFrom('', ' ', '# g1: bob', '  # \\', '#\\') },
      ),
      { maxLength: 6 },
    ),
    fc.boolean(),
  )
  .map(([lines, isComplete]) => lines.join('\n') + (isComplete ? '\n' : ''))
