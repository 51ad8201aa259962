// The document, which reads line by line and knows the whole file, is the oracle.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseHtpasswd } from '../../../src/document/document.ts'
import { LineCursor } from '../../../src/document/line.ts'
import { RecordScan } from '../../../src/document/record-scan.ts'
import { fileText, NAMES } from '../../support/arbitraries.ts'

function oracle(bytes: Buffer, key: string | undefined): Pick<RecordScan, 'hash' | 'malformed'> {
  const cursor = new LineCursor(bytes)
  let malformed: RecordScan['malformed']
  let isFound = false
  while (cursor.next()) {
    isFound ||= cursor.kind === 'record' && cursor.name() === key
    if (cursor.kind === 'malformed') malformed ??= isFound ? 'after' : 'before'
  }
  const hash = key === undefined ? undefined : parseHtpasswd(bytes).get(Buffer.from(key, 'latin1'))
  return { hash, malformed }
}

/** As a reader would give it: in parts of about so many bytes, each of whole lines. */
function scanned(bytes: Buffer, key: string | undefined, partBytes: number) {
  const scan = new RecordScan(key)
  for (let at = 0; at < bytes.length; ) {
    const end = (bytes.indexOf(10, at + partBytes) + 1 || bytes.length) - at
    // each in memory of its own, as the reader overwrites it
    scan.take(Buffer.from(bytes.subarray(at, at + end)))
    at += end
  }
  return { hash: scan.hash, malformed: scan.malformed }
}

test('in any file, in parts of any length, for the names in it and for others', () => {
  fc.assert(
    fc.property(
      fileText,
      fc.string({ unit: 'binary-ascii', maxLength: 4 }),
      fc.nat(300),
      (text, other, part) => {
        const bytes = Buffer.from(text, 'latin1')
        const inFile = text.match(/[^:\n]{0,20}(?=:)/g) ?? []
        for (const key of [undefined, '', '#alice', ' alice', 'a:b', 'a\nb', other, ...NAMES, ...inFile]) {
          expect(scanned(bytes, key, part), JSON.stringify(key)).toEqual(oracle(bytes, key))
        }
      },
    ),
  )
})

// lines that are alike are taken by their length, so what hides in one of that length has to be found
const usual = 'user1:{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM='
const ofUsualLength = fc.oneof(
  { weight: 5, arbitrary: fc.constant(usual) },
  fc.constantFrom(
    usual.replace('user1', 'user2'),
    usual.replace('user1:', 'use:1:'),
    usual.replace('user1', '#use1'),
  ),
  fc
    .tuple(fc.nat(usual.length - 1), fc.constantFrom('\n', ':', '\r', ' ', '#', '\xff', '\x8a', 'J'))
    .map(([at, character]) => usual.slice(0, at) + character + usual.slice(at + 1)),
)

test('among lines that look alike', () => {
  fc.assert(
    fc.property(fc.array(ofUsualLength, { maxLength: 12 }), fc.nat(200), (lines, part) => {
      const bytes = Buffer.from(`${lines.join('\n')}\n`, 'latin1')
      for (const key of ['user1', 'user2', 'use', 'user', 'ser1', '', undefined])
        expect(scanned(bytes, key, part), JSON.stringify(key)).toEqual(oracle(bytes, key))
    }),
    { numRuns: 2000 },
  )
})

test('a buffer that begins anywhere in its memory', () => {
  for (let shift = 0; shift < 8; shift++) {
    const bytes = Buffer.from(`${'x'.repeat(shift)}a:1\nb:2\nbroken\n`).subarray(shift)
    const scan = new RecordScan('b')
    scan.take(bytes)
    expect(scan).toMatchObject({ hash: '2', malformed: 'after' })
  }
})
