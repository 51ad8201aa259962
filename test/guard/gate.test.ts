import { afterEach, describe, expect, test } from 'vitest'
import { HEALTH_PATH } from '../../src/http/guard/gate.ts'
import { basic, LOGIN, PASSWORD, TestGuard, type TestGuardSetup } from '../support/test-guard.ts'

let guard: TestGuard
const start = async (setup?: TestGuardSetup) => {
  guard = await TestGuard.start(setup)
}
afterEach(() => guard[Symbol.asyncDispose]())

describe('without a login', () => {
  test.each([
    '/',
    '/api/2.0/x',
    '/ajax-api/3.0/jobs/search',
    '/gateway/x',
    '/v1/traces',
    '/graphql',
    '/static-files/x',
    '/version',
  ])('%s is 401 and the app sees nothing', async path => {
    await start()
    const answer = await guard.fetch(path, { user: '' })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Restricted", charset="UTF-8"')
    expect(answer.headers.get('retry-after')).toBeNull()
    expect(await answer.text()).toMatch(/MLFLOW_TRACKING_USERNAME=[\s\S]*MLFLOW_TRACKING_PASSWORD=/)
    expect(guard.received).toEqual([])
  })

  test('a browser gets a page', async () => {
    await start()
    const answer = await guard.fetch('/', { user: '', headers: { accept: 'text/html' } })
    expect(await answer.text()).toContain('<h1>401 Unauthorized</h1>')
  })

  test('a preflight is 401 too', async () => {
    await start()
    const lines = ['Origin: https://a.example', 'Access-Control-Request-Method: PUT']
    expect(await guard.status('OPTIONS /x HTTP/1.1', ...lines)).toBe(401)
  })
})

describe('the health path', () => {
  test('needs no login and no app', async () => {
    await start()
    guard.app.close()
    const answer = await guard.fetch(HEALTH_PATH, { user: '' })
    expect([answer.status, await answer.text()]).toEqual([200, 'ok\n'])
    expect(await guard.status(`HEAD ${HEALTH_PATH} HTTP/1.1`)).toBe(200)
  })

  test.each([`POST ${HEALTH_PATH}`, `GET ${HEALTH_PATH}/`, `GET ${HEALTH_PATH}?x`, `GET /${HEALTH_PATH}`])(
    '%s is not it',
    async line => {
      await start()
      expect(await guard.status(`${line} HTTP/1.1`)).toBe(401)
    },
  )
})

describe('open paths', () => {
  test('go up without a login, and without anybody’s credentials', async () => {
    await start({ allowPaths: ['/health'], userHeader: 'X-User' })
    expect(await guard.status('GET /health HTTP/1.1', 'X-User: root', LOGIN)).toBe(200)
    expect(guard.received[0]?.values('authorization')).toEqual([])
    expect(guard.received[0]?.values('x-user')).toEqual([])
    expect((await guard.logged(1))[0]?.user).toBeUndefined()
  })
})

describe("MLflow's gateway", () => {
  const separate = `X-MLflow-Authorization: ${basic('alice', PASSWORD)}`
  test('takes the login beside a key of a provider, and passes only the key on', async () => {
    await start()
    expect(await guard.status('POST /gateway/x HTTP/1.1', separate, 'Authorization: Bearer sk-x')).toBe(200)
    expect(guard.received[0]?.values('authorization')).toEqual(['Bearer sk-x'])
    expect(guard.received[0]?.values('x-mlflow-authorization')).toEqual([])
  })
  test('on other paths that header is no login', async () => {
    await start()
    expect(await guard.status('GET /api/x HTTP/1.1', separate)).toBe(401)
    expect(await guard.status('GET /gatewayx HTTP/1.1', separate)).toBe(401)
  })
  test('a wrong one is not made good by the other', async () => {
    await start()
    expect(await guard.status('GET /gateway/x HTTP/1.1', 'X-MLflow-Authorization: Basic eDp5', LOGIN)).toBe(
      401,
    )
  })
})

describe('allowed origins', () => {
  const origin = 'https://notebook.example'
  test('get their preflight, and the answer with their name', async () => {
    await start({ allowOrigins: [origin] })
    const preflight = await guard.fetch('/x', {
      user: '',
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'PUT' },
    })
    expect(preflight.status).toBe(204)
    // RFC 9110 section 8.6
    expect(preflight.headers.get('content-length')).toBeNull()
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin)
    const answer = await guard.fetch('/x', { method: 'POST', headers: { origin } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
    expect(guard.received[0]?.values('origin')).toEqual([guard.appOrigin])
  })
  test('others do not', async () => {
    await start({ allowOrigins: [origin] })
    const other = { origin: 'https://evil.example', 'access-control-request-method': 'PUT' }
    expect((await guard.fetch('/x', { user: '', method: 'OPTIONS', headers: other })).status).toBe(401)
    expect((await guard.fetch('/x', { method: 'POST', headers: other })).status).toBe(403)
  })
})

describe('below a prefix', () => {
  test('the slash is added by a redirect that keeps method and host', async () => {
    await start({ prefix: '/mlflow' })
    const answer = await guard.fetch('/mlflow?a=1', { method: 'POST' })
    expect([answer.status, answer.headers.get('location')]).toEqual([308, '/mlflow/?a=1'])
    expect((await guard.fetch('/other')).status).toBe(404)
    expect((await guard.fetch('/other', { user: '' })).status).toBe(401)
    await guard.fetch('/mlflow/x?y')
    expect(guard.received.map(one => one.target)).toEqual(['/x?y'])
  })
})
