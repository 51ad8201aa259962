// What checkDocument adds to the problems of the text: it takes bytes, text and documents, UTF-16 too, and a server.
import { expect, test } from 'vitest'
import { checkDocument } from '../../../src/check/check-document.ts'
import type { ServerName } from '../../../src/check/servers.ts'
import { parseHtpasswd } from '../../../src/document/document.ts'

const APR1 = '$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/'
const text = `ann:${APR1}\nbob:secret\n`
const codes = (...words: Parameters<typeof checkDocument>) =>
  [...checkDocument(...words)].map(({ code, line }) => `${line} ${code}`)

test.each([
  ['text', text],
  ['bytes', new TextEncoder().encode(text)],
  ['a document', parseHtpasswd(text)],
])('%s is checked', (_name, source) => expect(codes(source)).toEqual(['2 plaintext']))

test('a document as it stands now', () => {
  const document = parseHtpasswd(text)
  document.set('bob', APR1)
  document.set('carol', '')
  expect(codes(document)).toEqual(['3 empty-hash'])
})

test('UTF-16 is one problem, and what it says is checked as well', () => {
  expect(codes(Buffer.from(`\ufeff${text}`, 'utf16le'))).toEqual(['0 utf16', '2 plaintext'])
})

test('so are lines that end in CR alone', () => {
  expect(codes(text.replaceAll('\n', '\r'))).toEqual(['0 cr', '2 plaintext'])
  expect(codes(Buffer.from(`\ufeff${text.replaceAll('\n', '\r')}`, 'utf16le'))).toEqual([
    '0 utf16',
    '0 cr',
    '2 plaintext',
  ])
})

test('for a server, whom it keeps out', () => {
  expect(codes(text, { for: 'docker-registry' })).toEqual([
    '1 cannot-log-in',
    '2 plaintext',
    '2 cannot-log-in',
  ])
  expect(codes(text, { for: 'apache-windows' })).toEqual(['2 plaintext'])
})

test.each([
  [{ for: 'iis' as ServerName }, 'server expected one of apache, apache-windows, nginx,'],
  [{ server: 'nginx' }, 'CheckOptions expected only the options for, strength, got "server"'],
])('%j is refused', (options, message) => {
  const error = { code: 'ERR_OPTION', message: expect.stringContaining(message) }
  expect(() => [...checkDocument(text, options as object)]).toThrow(expect.objectContaining(error))
})
