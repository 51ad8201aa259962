import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toByteString } from '../../../../src/bytes.ts'
import { parseCredentials } from '../../../../src/http/basic/credentials.ts'

const encode = (text: string | Buffer) => `Basic ${Buffer.from(text).toString('base64')}`

test.each([
  ['the example of RFC 7617', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', 'Aladdin', 'open sesame'],
  ['the scheme in any case', `bAsIc ${encode('a:b').slice(6)}`, 'a', 'b'],
  ['more spaces', encode('a:b').replace(' ', '   '), 'a', 'b'],
  ['a colon in the password', encode('a:b:c:'), 'a', 'b:c:'],
  ['an empty password', encode('a:'), 'a', ''],
  ['an empty name', encode(':b'), '', 'b'],
  ['UTF-8', encode('jürgen:€'), 'jürgen', '€'],
  ['a password that ends with a newline, which some files have', encode('a:b\n'), 'a', 'b\n'],
])('%s', (_, header, username, password) => {
  const credentials = parseCredentials(header)
  expect(credentials).toEqual({ username: toByteString(username), password: toByteString(password) })
})

test.each([
  ['no header', undefined],
  ['empty', ''],
  ['another scheme', 'Bearer abc'],
  ['no space', 'BasicYTpi'],
  ['a tab', 'Basic\tYTpi'],
  ['nothing after the scheme', 'Basic '],
  ['no colon', encode('ab')],
  ['no padding', 'Basic YTo'],
  ['too much padding', 'Basic YTpi='],
  ['stray bits in the last character', 'Basic YTp='],
  ['the alphabet for URLs', encode(Buffer.from('a:\xff\xfe', 'latin1')).replace(/[+/]/g, '_')],
  ['more after the base64', `${encode('a:b')} x`],
  ['two headers, joined', `${encode('a:b')}, ${encode('c:d')}`],
  ['a newline in the name', encode('a\r\nb:c')],
  ['a NUL in the name', encode('a\0:c')],
])('%s: no credentials', (_, header) => expect(parseCredentials(header)).toBeUndefined())

test('never throws, and parses what was encoded', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async header => {
      parseCredentials(header)
      parseCredentials(`Basic ${header}`)
    }),
  )
  const name = fc.string({ unit: 'grapheme' }).filter(text => !/[:\p{Cc}]/u.test(text))
  await fc.assert(
    fc.asyncProperty(name, fc.uint8Array(), async (user, password) => {
      const header = encode(Buffer.concat([Buffer.from(`${user}:`), password]))
      expect(parseCredentials(header)?.password).toBe(toByteString(password))
    }),
  )
})
