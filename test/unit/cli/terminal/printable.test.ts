import { expect, test } from 'vitest'
import { printable } from '../../../../src/cli/terminal/printable.ts'

test.each([
  ['ann', 'ann'],
  ['jörg 日本', 'jörg 日本'],
  ['a\x1b[2Jb', 'a\\x1b[2Jb'],
  ['a\x9bb\x7f', 'a\\x9bb\\x7f'],
  ['st\udcffray', 'st\\xffray'],
  ['\u{1f600}', '\u{1f600}'],
])('%j', (name, text) => expect(printable(name)).toBe(text))
