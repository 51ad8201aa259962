import { expect, test } from 'vitest'
import { escapeHtml } from '../../../../src/http/basic/html.ts'

test('escapes what ends text or an attribute value', () =>
  expect(escapeHtml(`<a href="x" title='y'>&`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;'))
