import { describe, expect, test } from 'vitest'
import {
  isCrossSite,
  preflightHeaders,
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
    ['the own page, in capitals', { origin: own.toUpperCase() }, 'own'],
    [
      'the own page over HTTPS, as the browser says',
      { origin: 'https://192.168.1.20:8080', fetchSite: 'same-origin' },
      'own',
    ],
    ['typed into the address bar', { fetchSite: 'none' }, 'own'],
    ['an allowed page', { origin: 'https://notebook.example', fetchSite: 'cross-site' }, 'allowed'],
    ['another page', { origin: 'https://evil.example' }, 'foreign'],
    ['another port', { origin: 'http://192.168.1.20:9090' }, 'foreign'],
    ['another scheme, without the word of the browser', { origin: 'https://192.168.1.20:8080' }, 'foreign'],
    ['a sandboxed page', { origin: 'null' }, 'foreign'],
    ['a page of the same site', { fetchSite: 'same-site' }, 'foreign'],
    ['a cross-site form without Origin', { fetchSite: 'cross-site' }, 'foreign'],
    ['two that disagree', { origin: own, fetchSite: 'cross-site' }, 'foreign'],
    [
      'a foreign page that claims same-origin',
      { origin: 'https://evil.example', fetchSite: 'same-origin' },
      'foreign',
    ],
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

test('what is not foreign is never refused', () => {
  expect(isCrossSite(facts({}), 'own')).toBe(false)
  expect(isCrossSite(facts({}), 'allowed')).toBe(false)
})

test('a preflight is answered for its origin alone', () => {
  expect(preflightHeaders('https://notebook.example', 'PUT', 'content-type')).toMatchObject({
    'access-control-allow-origin': 'https://notebook.example',
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'PUT',
    'access-control-allow-headers': 'content-type',
  })
  expect(preflightHeaders('https://a', 'PUT', undefined)['access-control-allow-headers']).toBeUndefined()
})
