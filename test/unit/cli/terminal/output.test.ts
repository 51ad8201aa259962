// What the commands write: buffered, as JSON, and safe to show at a terminal.
import { expect, test } from 'vitest'
import {
  count,
  Output,
  painter,
  printable,
  printableText,
  shellWord,
  writeJson,
} from '../../../../src/cli/terminal/output.ts'
import { recordedIo } from '../../../support/recorded-io.ts'

test.each([
  [0, '0 users'],
  [1, '1 user'],
  [2, '2 users'],
])('%i', (number, text) => expect(count(number, 'user')).toBe(text))

test.each([
  ['ann', 'ann'],
  ['jörg 日本', 'jörg 日本'],
  ['a\x1b[2Jb', 'a\\x1b[2Jb'],
  ['a\x9bb\x7f', 'a\\x9bb\\x7f'],
  ['a\nb', 'a\\x0ab'],
  ['st\udcffray', 'st\\xffray'],
  ['half\ud83d', 'half\\u{d83d}'],
  ['a\u202eb\u2066', 'a\\u{202e}b\\u{2066}'],
  ['\u{1f600}', '\u{1f600}'],
])('%j is shown as %s', (name, text) => expect(printable(name)).toBe(text))

test('a message keeps its newlines', () => {
  expect(printableText('a\x1b]0;title\x07\nb\r\n')).toBe('a\\x1b]0;title\\x07\nb\\x0d\n')
})

test.each([
  ['users', 'users'],
  ['C:\\etc\\my users', '"C:\\etc\\my users"'],
  ['C:\\my folder\\', '"C:\\my folder\\\\"'],
  ["it's&calc", '"it\'s&calc"'],
  ['%CMDCMDLINE:~-1%&calc', 'FILE'],
  ['$(calc)', 'FILE'],
  ['a`b', 'FILE'],
  ['a”b', 'FILE'],
  ['@users', '"@users"'],
])('%s on Windows is %s, in cmd as in PowerShell', (word, quoted) => {
  expect(shellWord(word, 'FILE', 'win32')).toBe(quoted)
})

test('colours at a terminal', () => {
  expect(painter(recordedIo({ terminals: [1] }))('red', 'broken')).toBe('\x1b[31mbroken\x1b[39m')
})

test.each([
  ['if standard output is not a terminal', { terminals: [2] }],
  ['if NO_COLOR is set', { terminals: [1], env: { NO_COLOR: '1' } }],
])('no colours %s', (_name, surroundings) => {
  expect(painter(recordedIo(surroundings))('red', 'broken')).toBe('broken')
})

test('many lines are few writes, and all of them arrive', () => {
  let writes = 0
  const io = recordedIo()
  const counted = {
    ...io,
    out: (text: string | Buffer) => {
      writes++
      io.out(text)
    },
  }
  const output = new Output(counted)
  for (let i = 0; i < 100_000; i++) output.write(`line ${i}\n`)
  output.flush()
  output.flush()
  expect(io.said.out.split('\n')).toHaveLength(100_001)
  expect(writes).toBeLessThan(30)
})

test.each([[[]], [[{ a: 1 }]], [[{ a: 1 }, { a: 'x\n"y' }]]])(
  'JSON of %j is one document, an item a line',
  items => {
    const io = recordedIo()
    let seen = 0
    const passing = function* () {
      for (const item of items) {
        seen++
        yield item
      }
    }
    writeJson(io, { file: 'users' }, 'items', passing(), () => ({ counts: { seen } }))
    expect(JSON.parse(io.said.out)).toEqual({ file: 'users', items, counts: { seen: items.length } })
    expect(io.said.out.trimEnd().split('\n')).toHaveLength(items.length + 2)
  },
)

test('JSON shows no control character', () => {
  const io = recordedIo()
  writeJson(io, { file: 'a\x1b\x9b\u202e' }, 'items', [{ a: '\x7f' }], () => ({ counts: 1 }))
  expect(io.said.out).not.toMatch(/[\x1b\x7f-\x9f\u202e]/)
  expect(JSON.parse(io.said.out)).toEqual({ file: 'a\x1b\x9b\u202e', items: [{ a: '\x7f' }], counts: 1 })
})
