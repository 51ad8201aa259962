// Where the parts of a line stand, in bytes.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { textStart } from '../../../src/bytes.ts'
import { fieldsAfter, isBlank, LineCursor, lineStart } from '../../../src/document/line.ts'
import { fileText } from '../../support/arbitraries.ts'

const bytesOf = (text: string) => Buffer.from(text, 'latin1')

function linesOf(text: string) {
  const bytes = bytesOf(text)
  const cursor = new LineCursor(bytes)
  const lines = []
  while (cursor.next()) {
    const { kind, start, nameStart, nameEnd, contentEnd, end } = cursor
    lines.push({ kind, start, nameStart, nameEnd, contentEnd, end, name: cursor.name() })
  }
  return { bytes, lines }
}

test.each([
  ['a:1\n', 'record'],
  ['a:', 'record'],
  [':1', 'record'],
  [' \ta:1\r\n', 'record'],
  ['# a:1\n', 'comment'],
  ['  #', 'comment'],
  ['\n', 'blank'],
  [' \t\v\f\r\n', 'blank'],
  ['\r', 'blank'],
  ['a\n', 'malformed'],
  ['a', 'malformed'],
  ['\0', 'malformed'],
])('%j is a %s', (text, kind) => {
  expect(linesOf(text).lines.map(line => line.kind)).toEqual([kind])
})

describe('in any file', () => {
  test('lines follow one another without a gap, up to the end', () => {
    fc.assert(
      fc.property(fileText, text => {
        const { bytes, lines } = linesOf(text)
        let at = textStart(bytes)
        for (const line of lines) {
          expect(line.start).toBe(at)
          expect(line.contentEnd).toBeLessThanOrEqual(line.end)
          expect(bytes.subarray(line.contentEnd, line.end).toString('latin1')).toMatch(/^(?:\r?\n|\r)?$/)
          at = line.end
        }
        expect(at).toBe(Math.max(bytes.length, textStart(bytes)))
      }),
    )
  })

  test('a record is its name, its hash and what is behind', () => {
    fc.assert(
      fc.property(fileText, text => {
        const { bytes, lines } = linesOf(text)
        for (const line of lines.filter(({ kind }) => kind === 'record')) {
          const fields = fieldsAfter(bytes, line.nameEnd)
          expect([fields.contentEnd, fields.end]).toEqual([line.contentEnd, line.end])
          expect(bytes[line.nameEnd]).toBe(58)
          expect(line.name).not.toMatch(/^[\t\v\f\r #]|[:\n]/)
          const hash = bytes.toString('latin1', fields.hashStart, fields.hashEnd)
          expect(hash).not.toMatch(/[:\n]/)
          expect(fields.hashEnd === line.contentEnd || bytes[fields.hashEnd] === 58).toBe(true)
          expect(lineStart(bytes, line.nameStart)).toBe(line.start)
        }
      }),
    )
  })
})

test('the fields of a record, with and without a third one and a line end', () => {
  const fields = (text: string) => fieldsAfter(bytesOf(text), text.indexOf(':'))
  expect(fields('a:12\n')).toEqual({ hashStart: 2, hashEnd: 4, contentEnd: 4, end: 5 })
  expect(fields('a:12\r\nb:1\n')).toEqual({ hashStart: 2, hashEnd: 4, contentEnd: 4, end: 6 })
  expect(fields('a:12:x\r\n')).toEqual({ hashStart: 2, hashEnd: 4, contentEnd: 6, end: 8 })
  expect(fields('a:12:x')).toEqual({ hashStart: 2, hashEnd: 4, contentEnd: 6, end: 6 })
  expect(fields('a:')).toEqual({ hashStart: 2, hashEnd: 2, contentEnd: 2, end: 2 })
  expect(fields('a:\r\n')).toEqual({ hashStart: 2, hashEnd: 2, contentEnd: 2, end: 4 })
})

test("blanks are those of C's isspace, less the line feed", () => {
  const blanks = Array.from({ length: 256 }, (_, byte) => byte).filter(isBlank)
  expect(blanks).toEqual([9, 11, 12, 13, 32])
  expect(isBlank(undefined)).toBe(false)
})
