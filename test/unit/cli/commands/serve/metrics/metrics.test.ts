// The counts of one process, and the text for several processes.
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { Counts } from '../../../../../../src/cli/commands/serve/metrics/counts.ts'
import { Reloads } from '../../../../../../src/cli/commands/serve/metrics/reloads.ts'
import { countersOf, sumOf } from '../../../../../../src/cli/commands/serve/metrics/snapshot.ts'
import { metricsText } from '../../../../../../src/cli/commands/serve/metrics/text.ts'
import type { AccessLogEntry } from '../../../../../../src/http/guard/access-log.ts'

const entry: AccessLogEntry = {
  time: new Date(0),
  address: '192.0.2.7',
  user: undefined,
  method: 'GET',
  path: '/secret-path',
  status: 200,
  bytes: 1,
  milliseconds: 30,
  aborted: false,
  reason: undefined,
  requestId: 'r1',
}

test.each<[series: string, change: Partial<AccessLogEntry>]>([
  ['htpasswd_http_requests_total{code="200",method="GET"}', {}],
  ['htpasswd_http_requests_total{code="0",method="other"}', { method: 'BREW', status: 0 }],
  ['htpasswd_auth_attempts_total{method="basic",result="ok"}', { user: 'ann', kind: 'password' }],
  ['htpasswd_auth_attempts_total{method="session",result="ok"}', { user: 'ann', kind: 'session' }],
  ['htpasswd_auth_attempts_total{method="form",result="ok"}', { kind: 'password', reason: 'signed-in' }],
  ['htpasswd_auth_attempts_total{method="basic",result="bad"}', { reason: 'rejected' }],
  [
    'htpasswd_auth_attempts_total{method="form",result="bad"}',
    { reason: 'rejected', path: '/.htpasswd/login' },
  ],
  ['htpasswd_auth_attempts_total{method="token",result="bad"}', { reason: 'invalid-token' }],
  ['htpasswd_auth_attempts_total{method="session",result="expired"}', { reason: 'signed-out', status: 401 }],
  ['htpasswd_auth_attempts_total{method="basic",result="throttled"}', { reason: 'throttled' }],
  ['htpasswd_auth_attempts_total{method="session",result="revoked"}', { kind: 'session', reason: 'revoked' }],
  [
    'htpasswd_auth_attempts_total{method="oidc",result="ok"}',
    { kind: 'session', reason: 'signed-in', path: '/.htpasswd/oidc/callback' },
  ],
  [
    'htpasswd_auth_attempts_total{method="oidc",result="bad"}',
    { reason: 'openid-unknown-user', path: '/.htpasswd/oidc/callback' },
  ],
  ['htpasswd_oidc_errors_total{step="start"}', { reason: 'openid-down', path: '/.htpasswd/oidc/start' }],
  [
    'htpasswd_oidc_errors_total{step="callback"}',
    { reason: 'openid-invalid', path: '/app/.htpasswd/oidc/callback' },
  ],
  [
    'htpasswd_oidc_errors_total{step="logout"}',
    { reason: 'openid-logout-refused', path: '/.htpasswd/oidc/backchannel-logout' },
  ],
  ['htpasswd_authz_denied_total{class="write"}', { kind: 'password', reason: 'forbidden', class: 'write' }],
  ['htpasswd_authz_denied_total{class="other"}', { kind: 'token', reason: 'forbidden' }],
  ['htpasswd_upstream_errors_total{kind="timeout"}', { kind: 'password', reason: 'upstream-timeout' }],
])('%s', (series, change) => {
  const counts = new Counts()
  counts.begin()
  counts.observe({ ...entry, ...change })
  expect(counts.snapshot()).toMatchObject({ [series]: 1, htpasswd_http_requests_in_flight: 0 })
})

test.each<[what: string, change: Partial<AccessLogEntry>, absent: string]>([
  ['a sign-out is no expired session', { reason: 'signed-out', kind: 'session' }, 'expired'],
  ['a person whom a provider refuses is no error of it', { reason: 'openid-denied' }, 'oidc_errors'],
])('%s', (_, change, absent) => {
  const counts = new Counts()
  counts.observe({ ...entry, ...change })
  expect(Object.keys(counts.snapshot()).filter(series => series.includes(absent))).toEqual([])
})

test('streams count while they are open, and remembered passwords apart from others', () => {
  const counts = new Counts()
  const responses = ['sse', 'sse', 'websocket'].map(kind => {
    const response = new EventEmitter() as ServerResponse
    counts.observeStream(kind as 'sse', response)
    return response
  })
  responses[0]?.emit('close')
  // an upgraded connection may report its end twice
  for (let i = 0; i < 2; i++) responses[2]?.emit('close')
  for (const isHit of [true, true, false]) counts.observeLookup(isHit)
  expect(counts.snapshot()).toMatchObject({
    'htpasswd_streams_open{kind="sse"}': 1,
    'htpasswd_streams_open{kind="websocket"}': 0,
    htpasswd_credential_cache_hits_total: 2,
    htpasswd_credential_cache_misses_total: 1,
  })
})

test('errors begin at 0, those of a provider only where there is one', () => {
  expect(new Counts().snapshot()).toMatchObject({
    'htpasswd_authz_denied_total{class="admin"}': 0,
    'htpasswd_upstream_errors_total{kind="cut"}': 0,
  })
  const series = 'htpasswd_oidc_errors_total{step="callback"}'
  expect([false, true].map(hasProvider => new Counts(hasProvider).snapshot()[series])).toEqual([undefined, 0])
})

test('files: how often, and when each was read', () => {
  let now = 1_700_000_000_500
  const reloads = new Reloads(['users', 'rules'], () => now)
  now += 1000
  reloads.record('users', true)
  now += 1000
  reloads.record('rules', false)
  expect(reloads.snapshot()).toEqual({
    'htpasswd_file_reloads_total{file="users",result="ok"}': 1,
    'htpasswd_file_reloads_total{file="users",result="error"}': 0,
    'htpasswd_file_reloads_total{file="rules",result="ok"}': 0,
    'htpasswd_file_reloads_total{file="rules",result="error"}': 1,
    'htpasswd_file_last_reload_timestamp_seconds{file="users"}': 1_700_000_001.5,
    'htpasswd_file_last_reload_timestamp_seconds{file="rules"}': 1_700_000_000.5,
    'htpasswd_file_last_failed_reload_timestamp_seconds{file="rules"}': 1_700_000_002.5,
  })
})

test('what a process has counted stays when it ends; what it held does not', () => {
  const ended = countersOf({ 'a_total{x="1"}': 2, b_bytes: 3, 'h_bucket{le="1"}': 4, h_sum: 5, h_count: 6 })
  expect(sumOf(ended, { 'a_total{x="1"}': 1, b_bytes: 7 })).toEqual({
    'a_total{x="1"}': 3,
    b_bytes: 7,
    'h_bucket{le="1"}': 4,
    h_sum: 5,
    h_count: 6,
  })
})

test('an entry without a request leaves those in flight alone', () => {
  const counts = new Counts()
  counts.begin()
  counts.observe({ ...entry, requestId: undefined })
  expect(counts.snapshot()).toMatchObject({ htpasswd_http_requests_in_flight: 1 })
})

test('the text adds the processes up, and names no user, path or address', async () => {
  const [one, two] = [new Counts(), new Counts()]
  for (const counts of [one, two, two]) {
    counts.begin()
    counts.observe({ ...entry, user: 'ann', kind: 'password' })
  }
  const verify = one.measure(async () => true)
  expect(await verify('' as never, {} as never, {} as never)).toBe(true)
  const processes = new Map([
    [1, one.snapshot()],
    [2, two.snapshot()],
  ])
  const text = metricsText({ 'htpasswd_build_info{version="1.2.3"}': 1, htpasswd_users: 4 }, processes)
  for (const line of [
    'htpasswd_build_info{version="1.2.3"} 1',
    'htpasswd_users 4',
    'htpasswd_http_requests_total{code="200",method="GET"} 3',
    'htpasswd_http_request_duration_seconds_bucket{le="0.025"} 0',
    'htpasswd_http_request_duration_seconds_bucket{le="0.05"} 3',
    'htpasswd_http_request_duration_seconds_bucket{le="+Inf"} 3',
    'htpasswd_password_check_duration_seconds_count 1',
    '# TYPE htpasswd_http_request_duration_seconds histogram',
  ])
    expect(text.split('\n')).toContain(line)
  for (const name of ['htpasswd_worker_resident_memory_bytes', 'nodejs_heap_size_used_bytes'])
    expect(text).toMatch(new RegExp(`^${name}\\{worker="2"\\} \\d{7,}$`, 'm'))
  expect(text).not.toMatch(/\bann\b|secret|192\.0/)
})
