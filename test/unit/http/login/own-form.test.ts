// Which forms count as sent by one of the guard's own pages.
import { expect, test } from 'vitest'
import { isOwnForm } from '../../../../src/http/login/own-form.ts'

const OWN = ['http://lab.example:8080', 'https://ml.example']

test.each([
  [{ 'sec-fetch-site': 'same-origin' }, true],
  [{ origin: 'http://lab.example:8080' }, true],
  [{ origin: 'HTTP://Lab.Example:8080' }, true],
  [{ origin: 'https://ml.example' }, true],
  [{ 'sec-fetch-site': 'same-origin', origin: 'null' }, true],
  [{}, false],
  [{ 'sec-fetch-mode': 'navigate' }, false],
  [{ 'sec-fetch-mode': 'no-cors' }, false],
  [{ 'sec-fetch-site': 'none' }, false],
  [{ 'sec-fetch-site': 'same-site', origin: 'http://lab.example:8080' }, false],
  [{ 'sec-fetch-site': 'cross-site', origin: 'http://lab.example:8080' }, false],
  [{ 'sec-fetch-site': '' }, false],
  [{ origin: 'null' }, false],
  [{ origin: 'https://lab.example:8080' }, false],
  [{ origin: 'http://lab.example' }, false],
  [{ origin: 'http://lab.example:8080.evil.test' }, false],
  [{ origin: 'https://ml.example.evil.test' }, false],
  [{ origin: 'http://lab.example:8080/' }, false],
])('%j: %s', (headers, expected) => expect(isOwnForm(headers, OWN)).toBe(expected))
