// The responses of `--redirect-http`.
import { expect, test } from 'vitest'
import { redirectOf } from '../../../../../../src/cli/commands/serve/https/redirect.ts'

const host = 'mlflow.lan:8080'
test.each([
  [{ method: 'GET', url: '/a?b', headers: { host } }, 8443, 308, 'https://mlflow.lan:8443/a?b'],
  [{ method: 'HEAD', url: '/', headers: { host: '[::1]' } }, 443, 308, 'https://[::1]/'],
  // the host stays that of the request, whatever the path is
  [
    { method: 'GET', url: '//evil.example/', headers: { host } },
    443,
    308,
    'https://mlflow.lan//evil.example/',
  ],
  [{ method: 'POST', url: '/', headers: { host } }, 443, 403, undefined],
  [{ method: 'GET', url: '/', headers: { host, authorization: 'Basic YTpi' } }, 443, 403, undefined],
  [{ method: 'GET', url: '/', headers: {} }, 443, 400, undefined],
  [{ method: 'GET', url: '/', headers: { host: 'a@evil.example' } }, 443, 400, undefined],
  [{ method: 'GET', url: 'http://evil.example/', headers: { host } }, 443, 400, undefined],
])('%j', (request, port, status, location) => {
  const response = redirectOf(request, port)
  expect({ status: response.status, location: response.headers?.location }).toEqual({ status, location })
})
