import { expect, test } from 'vitest'
import { LineEditor } from '../../../../src/cli/terminal/line-editor.ts'

const type = (text: string | Buffer): { answer: string; last: string | undefined; shown: number } => {
  const editor = new LineEditor()
  let last: string | undefined
  for (const byte of Buffer.from(text as string)) {
    last = editor.type(byte)
    if (last === 'done' || last === 'interrupted') break
  }
  return { answer: editor.answer.toString(), last, shown: editor.shown }
}

test.each([
  ['pw\r', 'pw'],
  ['pw\n', 'pw'],
  ['\r', ''],
  ['abx\x7fc\r', 'abc'],
  ['abx\bc\r', 'abc'],
  ['\x7f\x7fa\r', 'a'],
  ['abc\x15de\r', 'de'],
  ['one two\x17x\r', 'one x'],
  ['one two  \x17x\r', 'one x'],
  ['ü\x7fx\r', 'x'],
  ['a😀\x7fb\r', 'ab'],
  ['日本\x7f語\r', '日語'],
  ['a\x1b[Ab\r', 'ab'],
  ['a\x1b[1;5Cb\r', 'ab'],
  ['a\x1bOPb\r', 'ab'],
  ['a\x01b\r', 'a\x01b'],
  [`${'x'.repeat(4000)}\r`, 'x'.repeat(4000)],
])('%j is %j', (keys, answer) => expect(type(keys)).toMatchObject({ answer, last: 'done' }))

test.each(['\x03', 'half\x03', '\x04', 'half\x04', '\x1c'])('%j ends without an answer', keys => {
  expect(type(keys).last).toBe('interrupted')
})

test('a mask counts characters, not bytes', () => {
  expect(type('aü😀').shown).toBe(3)
  expect(type('aü😀\x7f').shown).toBe(2)
})
