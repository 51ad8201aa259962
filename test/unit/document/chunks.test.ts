// Small parts are joined, large ones are not copied, and together they are the same text.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Pieces } from '../../../src/document/chunks.ts'

test('law: together they are what was added, none is empty, the count and the last byte are right', () => {
  const part = fc.uint8Array({ maxLength: 1500 }).map(bytes => Buffer.from(bytes))
  fc.assert(
    fc.property(fc.array(fc.tuple(part, fc.boolean())), parts => {
      const pieces = new Pieces()
      for (const [bytes, isText] of parts) {
        if (isText) pieces.addText(bytes.toString('latin1'))
        else pieces.add(bytes)
      }
      const whole = Buffer.concat(parts.map(([bytes]) => bytes))
      const { length, lastByte } = pieces
      expect({ length, lastByte }).toEqual({ length: whole.length, lastByte: whole.at(-1) })
      expect(Buffer.concat(pieces.buffers()).equals(whole)).toBe(true)
      expect(pieces.buffers().every(piece => piece.length > 0)).toBe(true)
    }),
  )
})

test('a large part is not copied', () => {
  const large = Buffer.alloc(10_000, 'x')
  const pieces = new Pieces()
  pieces.addText('before\n')
  pieces.add(large)
  expect(pieces.buffers()[1]).toBe(large)
})

test('a million small ones are few', () => {
  const pieces = new Pieces()
  for (let i = 0; i < 1e6; i++) pieces.addText('x')
  expect(pieces.buffers().length).toBeLessThan(20)
})
