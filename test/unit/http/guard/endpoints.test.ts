// The guard's own endpoints: which path and method finds which row.
import { expect, test } from 'vitest'
import { commonEndpoints, createFindEndpoint, type Endpoint } from '../../../../src/http/guard/endpoints.ts'
import { createErrorResponses } from '../../../../src/http/pages/error-responses.ts'

const errorResponse = createErrorResponses({ realm: 'x' })
const row = (path: Endpoint['path'], methods: string[], reason: string): Endpoint => ({
  path,
  methods,
  for: 'anyone',
  reason,
  respond: () => ({ status: 200, headers: {}, body: '' }),
})
const table = [
  row('/.htpasswd/one', ['GET', 'HEAD'], 'page'),
  row('/.htpasswd/one', ['POST'], 'form'),
  row('/.htpasswd/two', ['GET'], 'two'),
]

test.each([
  ['GET', '/.htpasswd/one', 'page'],
  ['HEAD', '/.htpasswd/one', 'page'],
  ['POST', '/.htpasswd/one', 'form'],
  ['PUT', '/.htpasswd/one', 'method'],
  ['GET', '/lab/.htpasswd/two', 'two'],
  ['GET', '/.htpasswd/two/', 'not-found'],
  ['GET', '//.htpasswd/two', undefined],
  ['GET', '/.htpasswd/TWO', 'not-found'],
  ['GET', '/other/.htpasswd/two', undefined],
  ['GET', '/%2ehtpasswd/two', undefined],
])('%s %s', (method, path, reason) =>
  expect(createFindEndpoint(table, '/lab', errorResponse)(method, path)?.reason).toBe(reason),
)

test('a method that an endpoint does not take: 405 with those that it takes', () => {
  const found = createFindEndpoint(table, '', errorResponse)('PUT', '/.htpasswd/one')
  const request = { head: {}, facts: {}, identity: undefined, form: new URLSearchParams() } as never
  expect(found?.respond(request)).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, POST' } })
})

test.each([
  ['/.htpasswd/ready', undefined, 200],
  ['/.htpasswd/ready', 'The app accepts no connections.', 503],
  ['/.htpasswd/health', 'The app accepts no connections.', 200],
])('%s with the obstacle %j: %i', async (path, obstacle, status) => {
  const find = createFindEndpoint(
    commonEndpoints(() => obstacle),
    '',
    errorResponse,
  )
  const request = { head: {}, facts: {}, identity: undefined, form: new URLSearchParams() } as never
  const response = await find('GET', path)?.respond(request)
  expect(response).toMatchObject({ status, headers: { 'cache-control': 'no-store' } })
  expect(response?.body).toContain(status === 503 ? obstacle : 'ok')
})
