// No spelling of a path, no header, query or host gets around a rule (CVE-2026-42274, CVE-2026-40575, GHSA-7rh7-c77v-6434,
// CVE-2026-41059, CVE-2026-77560, CVE-2026-48794, GHSA-gx7w-56w6-g48x, CVE-2023-33189, CVE-2021-29652, CVE-2021-39206,
// GHSA-6384-m2mw-rf54). The spellings are those with which MLflow was found to write (uvicorn and Flask decode paths).
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createRules } from '../../src/access/rules.ts'
import { parseGroups } from '../../src/document/groups.ts'
import { basic, LOGIN, PASSWORD, TestGuard } from '../support/test-guard.ts'

const groups = parseGroups('editors: bob\nadmins: carl\n')
const access = createRules(
  [
    'GET /** valid-user',
    'POST /api/2.0/mlflow/runs/search valid-user',
    'ANY /api/2.0/mlflow/users/** group:admins',
    'PUT /files/** valid-user',
    'ANY /** group:editors',
  ],
  { groups },
)

let guard: TestGuard
beforeAll(async () => {
  guard = await TestGuard.start({ access, groups, groupsHeader: 'X-Groups', trustProxy: ['127.0.0.1'] })
})
beforeEach(() => {
  guard.received.length = 0
})
afterAll(() => guard[Symbol.asyncDispose]())

const send = (line: string, ...headers: string[]) => guard.status(`${line} HTTP/1.1`, LOGIN, ...headers)

test('what the rules allow', async () => {
  expect(await send('GET /api/2.0/mlflow/runs/get')).toBe(200)
  expect(await send('POST /api/2.0/mlflow/runs/search')).toBe(200)
  expect(await send('PUT /files/a%2Fb.txt')).toBe(200)
  expect(guard.received.map(({ target }) => target)).toEqual([
    '/api/2.0/mlflow/runs/get',
    '/api/2.0/mlflow/runs/search',
    '/files/a%2Fb.txt',
  ])
})

describe('a user who may only read', () => {
  test.each([
    'POST /api/2.0/mlflow/experiments/create',
    'POST /api/2.0/mlflow/experiments%2Fcreate',
    'POST /api/2.0/mlflow/experiments/%63reate',
    'POST /%61pi/2.0/mlflow/experiments/create',
    'POST //api/2.0/mlflow/experiments/create',
    'POST /api/2.0/mlflow//experiments/create',
    'POST /api/2.0/mlflow/experiments/create/',
    'POST /api/2.0/mlflow/runs/search/../create',
    'POST /api/2.0/mlflow/runs/search/%2e%2e/create',
    'POST /api/2.0/mlflow/runs/search/%252e%252e/create',
    'POST /api/2.0/mlflow/runs/search/..%2fcreate',
    'POST /api/2.0/mlflow/runs/search;x',
    'POST /api/2.0/mlflow/runs/searchx',
    'POST /API/2.0/mlflow/runs/search',
    'POST /api/2.0/mlflow/runs/search%00',
    'POST /api/2.0/mlflow/runs/search%20',
    'POST /api/2.0/mlflow/runs\\search',
    'POST /api/2.0/mlflow/runs/%2573earch',
    'POST /x?p=/api/2.0/mlflow/runs/search',
    'PUT /files/../api/2.0/mlflow/experiments/create',
    'PUT /files/%2e%2e/x',
    'PUT /files%2Fx',
    'PUT /filesx/y',
    'DELETE /files/x',
    'GET /api/2.0/mlflow/%75sers/../users/list/..',
    'PUT /files/..;/x',
  ])('%s is refused and does not reach the app', async line => {
    expect(await send(line)).toBe(403)
    expect(guard.received).toEqual([])
  })

  test('a fragment is refused before any rule', async () => {
    expect(await send('POST /x#/api/2.0/mlflow/runs/search')).toBe(400)
  })

  test.each([
    'X-Forwarded-Uri: /api/2.0/mlflow/runs/search',
    'X-Forwarded-Method: GET',
    'X-Original-URL: /api/2.0/mlflow/runs/search',
    'X-Rewrite-URL: /api/2.0/mlflow/runs/search',
    'X-HTTP-Method-Override: GET',
    'X-Method-Override: GET',
    'X-HTTP-Method: GET',
    'X-Groups: editors',
    'x_groups: editors',
    'X-Forwarded-Groups: editors',
    'Remote-Groups: editors',
    'Host: GUARD.Example',
    'X-Forwarded-Host: localhost',
  ])('%s changes nothing', async header => {
    expect(await send('POST /api/2.0/mlflow/experiments/create', header)).toBe(403)
    expect(guard.received).toEqual([])
  })
})

test.each([
  ['GET /x', 'X-HTTP-Method-Override: DELETE'],
  ['GET /x', 'x-http-method: put'],
  ['GET /x', 'X-Method-Override: GET, POST'],
  ['HEAD /x?_method=POST', 'Accept: */*'],
  ['GET /x?a=1&%5Fm%65thod=POST', 'Accept: */*'],
])('%s with %s needs both methods to be allowed', async (line, header) => {
  expect(await send(line, header)).toBe(403)
  expect(guard.received).toEqual([])
})

test.each([
  ['GET /x', 'X-HTTP-Method-Override: GET'],
  ['GET /x?a=100%25&method=POST', 'Accept: */*'],
])('%s with %s is allowed', async (line, header) => {
  expect(await send(line, header)).toBe(200)
})

test('an editor is not an administrator in any spelling', async () => {
  const bob = parseGroups('editors: alice\n')
  await using other = await TestGuard.start({
    access: createRules(
      ['ANY /api/2.0/mlflow/users/** group:admins', 'ANY /Admin group:admins', 'ANY /** group:editors'],
      { groups: bob },
    ),
  })
  for (const path of [
    '/api/2.0/mlflow/users/create',
    '/api/2.0/mlflow/%75sers/create',
    '/x/../api/2.0/mlflow/users/a',
    '/x/%c0%ae%c0%ae/api/2.0/mlflow/users/a',
    // what Windows drops
    '/api/2.0/mlflow/users./create',
    '/api/2.0/mlflow/users%20/create',
    // Express
    '/API/2.0/mlflow/USERS/create',
    '/admin',
    '/ADMIN/',
    '/Admin/',
    // Starlette: "$" in its regular expressions matches before a newline
    '/Admin%0A',
    '/Admin%250a',
  ])
    expect(await other.status(`POST ${path} HTTP/1.1`, LOGIN), path).toBe(403)
  expect(await other.status('POST /api/2.0/mlflow/runs/create HTTP/1.1', LOGIN)).toBe(200)
})

test('the prefix is no part of what rules see, and only its own bytes are the prefix', async () => {
  await using other = await TestGuard.start({
    prefix: '/mlflow',
    access: createRules(['GET /docs/** valid-user']),
  })
  const statuses = ['/mlflow/docs/', '/mlflow/mlflow/docs/', '/%6dlflow/docs/', '/docs/'].map(path =>
    other.status(`GET ${path} HTTP/1.1`, LOGIN),
  )
  expect(await Promise.all(statuses)).toEqual([200, 403, 404, 404])
})

test.each([
  '/gateway/../x',
  '/gateway/%2e%2e/x',
  '/gateway/..%2fx',
  '/gateway/;/../x',
  '/gateway/..\\x',
  '/%67ateway/x',
])('%s is no path of the gateway: credentials in X-MLflow-Authorization do not count there', async path => {
  const header = `X-MLflow-Authorization: ${basic('alice', PASSWORD)}`
  expect(await guard.status(`GET ${path} HTTP/1.1`, header)).toBe(401)
  expect(guard.received).toEqual([])
})

describe('what a refusal says', () => {
  test('no one is asked for a password who is signed in', async () => {
    const { status, headers } = await guard.fetch('/x', { method: 'POST' })
    expect([status, headers.get('www-authenticate')]).toEqual([403, null])
    expect((await guard.fetch('/x', { method: 'POST', user: '' })).status).toBe(401)
  })

  test("MLflow's clients read the reason in MLflow's form", async () => {
    const response = await guard.fetch('/ajax-api/2.0/mlflow/runs/create', { method: 'POST' })
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({
      error_code: 'PERMISSION_DENIED',
      message:
        '403 Forbidden: alice may not POST /ajax-api/2.0/mlflow/runs/create: that is for group:editors',
    })
  })

  test('people read it on a page, and nothing in a path becomes HTML', async () => {
    const response = await guard.fetch('/a<b>&', { method: 'POST', headers: { accept: 'text/html' } })
    expect(response.headers.get('content-type')).toContain('text/html')
    const page = await response.text()
    expect(page).toContain('that is for group:editors')
    expect(page).not.toContain('<b>')
  })

  test('the access log has the reason and the rule', async () => {
    const before = guard.log.length
    await guard.fetch('/x', { method: 'POST' })
    const entries = await guard.logged(before + 1)
    expect(entries.at(-1)).toMatchObject({
      user: 'alice',
      status: 403,
      reason: 'forbidden',
      cause: 'alice may not POST /x: that is for group:editors; rule 5: ANY /** group:editors',
    })
  })
})
