// An address of the app that is made relative never becomes another host's for a browser, which reads `\` as `/` and
// drops tabs (WHATWG URL).
import { expect, test } from 'vitest'
import { responseHeaderWriter } from '../../src/http/proxy/response-headers.ts'

const upstreamOrigin = 'http://127.0.0.1:5000'
const paths = [
  '/\\',
  '//',
  '/\t/',
  '/\t\\',
  '\\\\',
  '\\/',
  '/\\\t',
  '/\t\t/',
  '\t//',
  '///',
  '/.//',
  '?//',
  '',
]

test.each(['Location', 'Content-Location', 'Link', 'Refresh'])('%s', field => {
  for (const prefix of ['', '/app']) {
    const write = responseHeaderWriter({ upstreamOrigin, prefix })
    for (const path of paths) {
      for (const scheme of ['http:', 'https:', '']) {
        const address = `${scheme}//127.0.0.1:5000${path}evil.example/`
        const value = { Link: `<${address}>; rel=next`, Refresh: `0; url=${address}` }[field] ?? address
        const [, written = ''] = write([field, value], undefined, 302).headers
        const target = /^(?:<|0; url=)?([^>]*)/.exec(written)?.[1] ?? ''
        // what is no address of the app stays as it is
        if (target === address) continue
        expect(new URL(target, 'https://guard.example/x').host, JSON.stringify(address)).toBe('guard.example')
      }
    }
  }
})
