// Small parts are joined, large ones are not copied, and together they are the same text.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Chunks } from '../../../src/document/chunks.ts'

test('law: together they are what was added, none is empty, the count and the last byte are right', () => {
  const part = fc.uint8Array({ maxLength: 1500 }).map(bytes => Buffer.from(bytes))
  fc.assert(
    fc.property(fc.array(fc.tuple(part, fc.boolean())), parts => {
      const chunks = new Chunks()
      for (const [bytes, isText] of parts) {
        if (isText) chunks.addText(bytes.toString('latin1'))
        else chunks.add(bytes)
      }
      const whole = Buffer.concat(parts.map(([bytes]) => bytes))
      const { length, lastByte } = chunks
      expect({ length, lastByte }).toEqual({ length: whole.length, lastByte: whole.at(-1) })
      expect(Buffer.concat(chunks.buffers()).equals(whole)).toBe(true)
      expect(chunks.buffers().every(piece => piece.length > 0)).toBe(true)
    }),
  )
})

test('a large part is not copied', () => {
  const large = Buffer.alloc(10_000, 'x')
  const chunks = new Chunks()
  chunks.addText('before\n')
  chunks.add(large)
  expect(chunks.buffers()[1]).toBe(large)
})

test('a million small ones are few', () => {
  const chunks = new Chunks()
  for (let i = 0; i < 1e6; i++) chunks.addText('x')
  expect(chunks.buffers().length).toBeLessThan(20)
})
