// Parts of whole lines, together the file.
import { appendFileSync, mkdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readParts } from '../../../src/store/read-parts.ts'
import { fileWith, scratch } from '../../support/scratch.ts'

const place = scratch()

class Recorder {
  readonly parts: string[] = []
  take(lines: Buffer): void {
    this.parts.push(lines.toString('latin1'))
  }
}
const partsOf = async (text: string, partBytes?: number) =>
  (await readParts(fileWith(place.path('f'), text), () => new Recorder(), partBytes))?.parts

test.each([
  ['', []],
  ['a:1', ['a:1']],
  ['a:1\n', ['a:1\n']],
  ['a:1\nb:2\nc:3\n', ['a:1\nb:2\n', 'c:3\n']],
  ['a:1\nb:22\nc:3\n', ['a:1\n', 'b:22\n', 'c:3\n']],
  ['a:1\nb:2\nc:3', ['a:1\nb:2\n', 'c:3']],
  // longer than a part
  [`a:${'1'.repeat(30)}\nb:2\n`, [`a:${'1'.repeat(30)}\n`, 'b:2\n']],
  [`b:2\na:${'1'.repeat(30)}`, ['b:2\n', `a:${'1'.repeat(30)}`]],
  ['\n\n\n\n\n\n\n\n\n\n', ['\n\n\n\n\n\n\n\n', '\n\n']],
])('%j in parts of 8 bytes', async (text, parts) => {
  const read = await partsOf(text, 8)
  expect(read?.join('')).toBe(text)
  if (!text.includes('1111')) expect(read).toEqual(parts)
  for (const part of read?.slice(0, -1) ?? []) expect(part.at(-1)).toBe('\n')
})

test('a million bytes in parts of the usual size', async () => {
  const text = 'user:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n'.repeat(25_000)
  const parts = await partsOf(text)
  expect(parts?.length).toBeGreaterThan(1)
  expect(parts?.join('')).toBe(text)
})

test('a missing file is none, a folder an error with a name', async () => {
  expect(await readParts(place.path('missing'), () => new Recorder())).toBeUndefined()
  mkdirSync(place.path('folder'))
  const reading = readParts(place.path('folder'), () => new Recorder())
  await expect(reading).rejects.toMatchObject({ code: 'ERR_FILE_ACCESS' })
})

test('another reader where somebody wrote meanwhile', async () => {
  const path = fileWith(place.path('f'), 'a:1\n')
  const readers: Recorder[] = []
  const last = await readParts(path, () => {
    if (readers.length < 2) appendFileSync(path, 'b:2\n')
    readers.push(new Recorder())
    return readers.at(-1) as Recorder
  })
  expect(readers).toHaveLength(3)
  expect(last).toBe(readers[2])
  expect(last?.parts.join('')).toBe('a:1\nb:2\nb:2\n')
})
