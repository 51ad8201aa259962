// Lines and records as they stand in the bytes, with the duplicates among them.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HtpasswdDocument } from '../../../src/document/document.ts'
import { scanLines } from '../../../src/document/scan-lines.ts'
import { fileText } from '../../support/arbitraries.ts'

const scan = (text: string) => [...scanLines(Buffer.from(text, 'latin1'))]

test('a line is where it is, and a record has its parts', () => {
  const text = '# c\r\n  ann:hash:rest\nbroken'
  const found = scan(text)
  expect(found.map(({ line, kind, lineEnd }) => [line, kind, lineEnd])).toEqual([
    [1, 'comment', '\r\n'],
    [2, 'record', '\n'],
    [3, 'malformed', ''],
  ])
  const { start, contentEnd, end, record } = found[1] as (typeof found)[number]
  expect([text.slice(start, contentEnd), text.slice(start, end)]).toEqual([
    '  ann:hash:rest',
    '  ann:hash:rest\n',
  ])
  expect(record).toMatchObject({ user: 'ann', hash: 'hash', first: undefined })
  expect(text.slice(record?.nameStart, record?.hashStart)).toBe('ann:')
  expect(text.slice(record?.hashStart, record?.hashEnd)).toBe('hash')
})

test('a later record of a name knows the line of the first one', () => {
  const lines = scan('a:1\n# a:2\n a:3\nb:4\na:5\nb:6\n')
  expect(lines.map(({ line, record }) => [line, record?.first])).toEqual([
    [1, undefined],
    [2, undefined],
    [3, 1],
    [4, undefined],
    [5, 1],
    [6, 4],
  ])
})

test('the first records are what a document gives', () => {
  fc.assert(
    fc.property(fileText, text => {
      const document = new HtpasswdDocument(Buffer.from(text, 'latin1'))
      const firsts = scan(text).flatMap(({ record }) =>
        record !== undefined && record.first === undefined ? [[record.user, record.hash]] : [],
      )
      expect(firsts).toEqual(document.users().map(user => [user, document.get(user)]))
    }),
  )
})

test('together the lines are the whole text', () => {
  fc.assert(
    fc.property(fileText, text => {
      let at = text.startsWith('\xef\xbb\xbf') ? 3 : 0
      for (const { start, end } of scan(text)) {
        expect(start).toBe(at)
        at = end
      }
      expect(at).toBe(text.length)
    }),
  )
})
