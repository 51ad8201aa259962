import { describe, expect, test } from 'vitest'
import {
  corsHeaders,
  describeCrossSite,
  isCrossSite,
  preflightResponse,
  type SiteFacts,
  siteOf,
} from '../../../../src/http/guard/cross-site.ts'

const own = 'http://192.168.1.20:8080'
const allowed = new Set(['https://notebook.example'])
const facts = (change: Partial<SiteFacts>): SiteFacts => ({
  method: 'POST',
  upgrade: false,
  origin: undefined,
  fetchSite: undefined,
  ownOrigin: own,
  ...change,
})

describe('where a request comes from', () => {
  test.each([
    ['a program', {}, 'own'],
    ['the own page', { origin: own }, 'own'],
    ['the own page, with its origin in capitals', { origin: own.toUpperCase() }, 'own'],
    [
      'the own page over HTTPS, as the browser says',
      { origin: 'https://192.168.1.20:8080', fetchSite: 'same-origin' },
      'own',
    ],
    ['typed into the address bar', { fetchSite: 'none' }, 'own'],
    ['an allowed page', { origin: 'https://notebook.example', fetchSite: 'cross-site' }, 'allowed'],
    ['another page', { origin: 'https://evil.example' }, 'foreign'],
    ['another port', { origin: 'http://192.168.1.20:9090' }, 'foreign'],
    ['another scheme, without Sec-Fetch-Site', { origin: 'https://192.168.1.20:8080' }, 'foreign'],
    ['a sandboxed page', { origin: 'null' }, 'foreign'],
    ['a page of the same site', { fetchSite: 'same-site' }, 'foreign'],
    ['a cross-site form without Origin', { fetchSite: 'cross-site' }, 'foreign'],
    ['a browser that says cross-site of its own origin', { origin: own, fetchSite: 'cross-site' }, 'foreign'],
    ['an own form with Referrer-Policy: no-referrer', { origin: 'null', fetchSite: 'same-origin' }, 'own'],
    ['a sandboxed page, as the browser says', { origin: 'null', fetchSite: 'cross-site' }, 'foreign'],
    [
      'the own page behind a proxy that changes Host',
      { origin: 'https://ml.example:8443', fetchSite: 'same-origin' },
      'own',
    ],
    ['an extension with host permission', { origin: 'chrome-extension://abc', fetchSite: 'none' }, 'own'],
    ['an extension without', { origin: 'chrome-extension://abc', fetchSite: 'cross-site' }, 'foreign'],
    ['a value that no browser sends', { origin: own, fetchSite: 'same-origin, cross-site' }, 'foreign'],
    ['an own name as prefix', { origin: `${own}.evil.example` }, 'foreign'],
  ] as const)('%s is %o: %s', (_, change, site) => expect(siteOf(facts(change), allowed)).toBe(site))
})

test.each([
  ['POST', false, true],
  ['PUT', false, true],
  ['PATCH', false, true],
  ['DELETE', false, true],
  ['PROPFIND', false, true],
  ['GET', true, true],
  ['GET', false, false],
  ['HEAD', false, false],
  ['OPTIONS', false, false],
])('a foreign %s, upgrade %s, is refused: %s', (method, upgrade, refused) =>
  expect(isCrossSite(facts({ method, upgrade }), 'foreign')).toBe(refused),
)

test('a page that is not foreign is never refused', () => {
  expect(isCrossSite(facts({}), 'own')).toBe(false)
  expect(isCrossSite(facts({}), 'allowed')).toBe(false)
})

test.each([
  [{ origin: 'https://evil.example' }, '--allow-origin https://evil.example allows it'],
  [{ origin: 'https://evil.example' }, 'Origin: https://evil.example, Host: ml.example;'],
  [{ origin: 'https://evil.example', fetchSite: 'same-site' }, 'Sec-Fetch-Site: same-site'],
  [{ origin: 'null' }, 'cannot be allowed by name'],
  [{ fetchSite: 'cross-site' }, 'Origin: none'],
  [{ origin: 'https://evil.example' }, '--trust-proxy'],
  [{ origin: 'a\u001b[2Jb' }, 'Origin: a?[2Jb,'],
])('the description of %j says %j', (change, text) =>
  expect(describeCrossSite(facts(change), 'ml.example')).toContain(text),
)

test('responses name the allowed origin, and let its page read Retry-After', () =>
  expect(corsHeaders('app://obsidian.md')).toEqual({
    'access-control-allow-origin': 'app://obsidian.md',
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'Retry-After',
    vary: 'Origin',
  }))

test('the response to a preflight names its origin alone', () => {
  expect(preflightResponse('https://notebook.example', 'PUT', 'content-type').headers).toMatchObject({
    'access-control-allow-origin': 'https://notebook.example',
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'PUT',
    'access-control-allow-headers': 'content-type',
  })
  const without = preflightResponse('https://a', 'PUT', undefined).headers
  expect(without['access-control-allow-headers']).toBeUndefined()
})
