// Error responses: page or text by Accept, their content, and what a page allows a browser to do.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createErrorResponses, refusalKind } from '../../../../src/http/pages/error-responses.ts'
import type { ErrorKind } from '../../../../src/http/pages/texts/page-texts.ts'
import { languages, texts } from '../../../../src/http/pages/texts.ts'

const hint = 'Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.'
const respond = createErrorResponses({ realm: 'MLflow', hint })
const BROWSER = 'text/html,application/xhtml+xml,*/*;q=0.8'
const statuses: Readonly<Record<ErrorKind, number>> = {
  'sign-in': 401,
  'invalid-token': 401,
  forbidden: 403,
  'cross-site': 403,
  'not-found': 404,
  throttled: 429,
  fault: 500,
  'app-unreachable': 502,
  'app-tls': 502,
  'app-lost': 502,
  'app-invalid': 502,
  busy: 503,
  connections: 503,
  'app-busy': 503,
  'app-timeout': 504,
}
const kinds = Object.entries(statuses) as [ErrorKind, number][]

test.each([undefined, '*/*'])("forbidden is an error of MLflow's API for Accept: %s", accept => {
  const { status, headers, body } = respond('forbidden', accept, { cause: 'guest may only read "x"' })
  expect([status, headers['content-type']]).toEqual([403, 'application/json'])
  expect(JSON.parse(body)).toEqual({ error_code: 'PERMISSION_DENIED', message: 'guest may only read "x"' })
})

describe.each(kinds)('%s', (kind, status) => {
  const programs = kind === 'forbidden' ? [] : [undefined, '*/*', 'application/json']
  test.each(programs)('is plain text for Accept: %s', accept => {
    const response = respond(kind, accept)
    expect(response).toMatchObject({ status, headers: { 'content-type': 'text/plain; charset=utf-8' } })
    expect(response.body).toMatch(new RegExp(`^${status} [A-Z][A-Za-z ]+: [A-Z].+[.?]\n`))
  })

  test.each(languages)('is a page that says what to do and whom to ask in %s', lang => {
    const contact = 'Ann (room 7)'
    const { status: sent, headers, body } = createErrorResponses({ realm: 'x', lang, contact })(kind, BROWSER)
    expect(sent).toBe(status)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-length']).toBe(String(Buffer.byteLength(body)))
    expect(body).toContain(`<html lang="${lang}">`)
    expect(body).toContain(`<h1>${texts[lang].errors[kind].title}</h1>`)
    expect(body).toContain(contact)
    expect(body).not.toContain('{contact}')
  })

  test('has no variables of programs on its page', () => {
    expect(respond(kind, BROWSER).body).not.toContain('MLFLOW')
  })
})

describe('a page', () => {
  const page = respond('app-unreachable', BROWSER)

  test('loads nothing, runs nothing, and allows exactly its own style sheet', () => {
    const style = /<style>([^<]*)<\/style>/.exec(page.body)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(page.headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    )
    expect(page.body).not.toMatch(/<script|style=|onclick|src=/)
    expect(style).toContain('prefers-color-scheme: dark')
  })

  test.each([
    ['ann@lab.example', '<a href="mailto:ann@lab.example">ann@lab.example</a>'],
    ['https://lab.example/help?a=1&b=2', '<a href="https://lab.example/help?a=1&amp;b=2">'],
    ['<b>Ann</b> & $& co', '&lt;b&gt;Ann&lt;/b&gt; &amp; $&amp; co'],
    ['javascript:alert(1)', ' javascript:alert(1)'],
    ['a@b?subject=x', ' a@b?subject=x'],
  ])('shows the contact %j', (contact, html) => {
    expect(createErrorResponses({ realm: 'x', contact })('fault', BROWSER).body).toContain(html)
  })

  test('escapes the cause, and shows it where one is given', () => {
    const { body } = respond('cross-site', BROWSER, { cause: 'Origin: <x>' })
    expect(body).toContain('For the person who runs this server: Origin: &lt;x&gt;')
    expect(respond('cross-site', undefined, { cause: 'Origin: <x>' }).body).toContain('\nOrigin: <x>\n')
    // a response with a cause is not kept for the next request
    expect(respond('cross-site', BROWSER).body).not.toContain('Origin')
  })
})

describe('401', () => {
  test('is a short text with the challenge and the hint', () => {
    const { headers, body } = respond('sign-in', '*/*')
    expect(headers['www-authenticate']).toBe('Basic realm="MLflow", charset="UTF-8"')
    expect(body).toContain(hint)
    expect(Buffer.byteLength(body)).toBeLessThan(300)
  })

  // MLflow's trace view in a notebook of another site: browsers ask for no password in a frame, and said "refused to
  // connect" about a page that may not be framed
  test('may be shown in a frame, and leads out of it', () => {
    const { headers, body } = respond('sign-in', BROWSER)
    expect(headers['content-security-policy']).not.toContain('frame-ancestors')
    expect(headers['x-frame-options']).toBeUndefined()
    expect(body).toContain('<a href="" target="_blank" rel="noopener">')
    // a browser asks for the password again only when the page is loaded again
    expect(body).toContain('<a class="button" href="">Sign in</a>')
  })

  test('has other headers where the caller gives some', () => {
    const headers = { 'www-authenticate': 'Bearer error="invalid_token"' }
    expect(respond('sign-in', undefined, { headers }).headers).toMatchObject(headers)
    expect(respond('sign-in', undefined).headers['www-authenticate']).toContain('Basic')
  })
})

test('a wrong token gets the challenge of RFC 6750, which makes no browser ask for a password', () => {
  for (const accept of [undefined, BROWSER]) {
    const { headers, body } = respond(refusalKind({ status: 401, reason: 'invalid-token' }), accept)
    expect(headers['www-authenticate']).toBe('Bearer error="invalid_token"')
    expect(body.includes(hint)).toBe(accept === undefined)
  }
})
