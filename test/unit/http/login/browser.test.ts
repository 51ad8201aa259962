// Which clients get the sign-in page, and which the challenge.
import { describe, expect, test } from 'vitest'
import { requesterOf } from '../../../../src/http/login/browser.ts'

const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const navigate = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' }

describe.each([
  // a browser over https or on localhost
  ['GET', { ...navigate, accept: html }, 'sign-in'],
  ['HEAD', navigate, 'sign-in'],
  ['GET', { ...navigate, 'sec-fetch-dest': 'iframe' }, 'frame'],
  ['GET', { ...navigate, 'sec-fetch-dest': 'frame', 'sec-fetch-site': 'cross-site' }, 'frame'],
  ['GET', { 'sec-fetch-mode': 'navigate' }, 'sign-in'],
  ['POST', { ...navigate, accept: html }, 'script'],
  ['GET', { ...navigate, 'sec-fetch-dest': 'embed' }, 'script'],
  ['GET', { ...navigate, 'sec-fetch-dest': 'object' }, 'script'],
  // its scripts, pictures, manifest and event streams
  ['GET', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' }, 'script'],
  ['GET', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'manifest' }, 'script'],
  ['GET', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', accept: 'image/*' }, 'script'],
  ['GET', { 'sec-fetch-mode': 'cors', accept: html }, 'script'],
  ['GET', { 'sec-fetch-site': 'same-origin', accept: html }, 'script'],
  ['GET', { 'sec-fetch-dest': 'document', accept: html }, 'script'],
  // a browser over http on a LAN
  ['GET', { accept: html }, 'sign-in'],
  ['HEAD', { accept: html }, 'sign-in'],
  ['GET', { accept: 'TEXT/HTML' }, 'sign-in'],
  ['GET', { accept: html, 'x-requested-with': 'XMLHttpRequest' }, 'script'],
  ['GET', { accept: html, referer: 'http://lab:8080/' }, 'sign-in'],
  ['GET', { accept: '*/*', referer: 'http://lab:8080/' }, 'script'],
  ['POST', { accept: html }, 'program'],
  ['POST', { accept: html, origin: 'http://lab:8080' }, 'script'],
  ['POST', { accept: '*/*', origin: 'http://lab:8080' }, 'script'],
  // programs
  ['GET', {}, 'program'],
  ['GET', { accept: '*/*' }, 'program'],
  ['GET', { accept: 'application/json' }, 'program'],
  ['POST', { accept: '*/*', 'content-type': 'application/json' }, 'program'],
  ['GET', { accept: html, authorization: 'Basic eDp5' }, 'program'],
  ['GET', { ...navigate, authorization: 'Basic eDp5' }, 'program'],
  ['GET', { ...navigate, 'x-mlflow-authorization': 'Basic eDp5' }, 'program'],
] as const)('%s %j', (method, headers, expected) => {
  test(expected, () => expect(requesterOf({ method, headers, upgrade: false })).toBe(expected))
})

test.each([{ accept: html }, navigate, {}])('a WebSocket is never redirected: %j', headers => {
  expect(requesterOf({ method: 'GET', headers, upgrade: true })).toBe('script')
})
