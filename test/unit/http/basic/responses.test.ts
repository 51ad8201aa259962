import { describe, expect, test } from 'vitest'
import { createRefusalResponses, textResponse } from '../../../../src/http/basic/responses.ts'

const hint = 'Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.'
const responseTo = createRefusalResponses({ realm: 'MLflow', hint })
const rejected = { ok: false, status: 401, reason: 'rejected' } as const

test('a text response has its length in bytes', () => {
  expect(textResponse(404, 'nö')).toMatchObject({
    status: 404,
    body: 'nö\n',
    headers: { 'content-length': '4' },
  })
})

describe('the response to a refused login', () => {
  test('is a short text with the challenge and the hint', () => {
    const { status, headers, body } = responseTo(rejected, '*/*')
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toBe('Basic realm="MLflow", charset="UTF-8"')
    expect(headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(headers['retry-after']).toBeUndefined()
    expect(body).toContain(hint)
    expect(Buffer.byteLength(body)).toBeLessThan(300)
  })

  test('is a page for browsers that loads and runs nothing', () => {
    const { headers, body } = responseTo(rejected, 'text/html,application/xhtml+xml')
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-length']).toBe(String(Buffer.byteLength(body)))
    expect(body).toMatch(/<h1>401 Unauthorized<\/h1>/)
    // a browser asks for the password again only when the page is loaded again
    expect(body).toContain('<a href="">Try again</a>')
  })

  // MLflow's trace view in a notebook of another site: browsers ask for no password in a frame, and said "refused to
  // connect" about a page that may not be framed
  test('may be shown in a frame, and leads out of it', () => {
    const { headers, body } = responseTo(rejected, 'text/html')
    expect(headers['content-security-policy']).not.toContain('frame-ancestors')
    expect(headers['x-frame-options']).toBeUndefined()
    expect(body).toContain('<a href="" target="_blank" rel="noopener">')
  })

  test('escapes a hint', () => {
    const page = createRefusalResponses({ realm: 'x', hint: '<b>&"' })(rejected, 'text/html')
    expect(page.body).toContain('&lt;b&gt;&amp;&quot;')
  })

  test.each([
    [{ ok: false, status: 429, reason: 'throttled', retryAfter: 4 }, '4'],
    [{ ok: false, status: 503, reason: 'busy', retryAfter: 1 }, '1'],
    [{ ok: false, status: 500, reason: 'fault' }, undefined],
  ] as const)('%j has a text of its own and no challenge', (refusal, retryAfter) => {
    const { status, headers, body } = responseTo(refusal, undefined)
    expect(status).toBe(refusal.status)
    expect(headers['www-authenticate']).toBeUndefined()
    expect(headers['retry-after']).toBe(retryAfter)
    expect(body).toMatch(new RegExp(`^${status} `))
  })

  test('is the same for missing and for wrong credentials', () => {
    expect(responseTo({ ok: false, status: 401, reason: 'missing' }, undefined)).toEqual(
      responseTo(rejected, undefined),
    )
  })
})
