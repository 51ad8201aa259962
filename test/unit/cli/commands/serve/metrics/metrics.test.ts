// The counts of a process, and the text of several.
import { expect, test } from 'vitest'
import { Counts } from '../../../../../../src/cli/commands/serve/metrics/counts.ts'
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
  ['htpasswd_auth_attempts_total{method="session",result="expired"}', { reason: 'signed-out' }],
  ['htpasswd_auth_attempts_total{method="basic",result="throttled"}', { reason: 'throttled' }],
  ['htpasswd_authz_denied_total', { kind: 'password', reason: 'forbidden' }],
  ['htpasswd_upstream_errors_total{kind="timeout"}', { kind: 'password', reason: 'upstream-timeout' }],
])('%s', (series, change) => {
  const counts = new Counts()
  counts.begin()
  counts.observe({ ...entry, ...change })
  expect(counts.snapshot()).toMatchObject({ [series]: 1, htpasswd_http_requests_in_flight: 0 })
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
  const text = metricsText([one.snapshot(), two.snapshot()], { version: '1.2.3', users: 4, tokens: 5 })
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
  expect(text).toMatch(/^htpasswd_worker_resident_memory_bytes\{worker="2"\} \d{7,}$/m)
  expect(text).not.toMatch(/ann|secret|192/)
})
