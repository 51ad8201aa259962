// Text inside XML: written so that it comes out the same, or refused.
import { expect, test } from 'vitest'
import { xmlText } from '../../../../../src/cli/commands/service/xml.ts'

test.each([
  ['plain', 'plain'],
  ['a < b & c > d', 'a &lt; b &amp; c &gt; d'],
  ['&amp;', '&amp;amp;'],
  ['"quotes" and \'these\'', '"quotes" and \'these\''],
  ['\t\n\r', '\t\n&#13;'],
  ['ä日😀', 'ä日😀'],
])('%j is written %j', (text, written) => expect(xmlText(text)).toBe(written))

test.each(['\0', '\x01', '\x1b', '\ufffe', '\ud800', 'a\udc00'])('%j is refused', text => {
  expect(() => xmlText(text)).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }))
})
