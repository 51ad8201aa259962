// The counters of `--metrics` in one process, updated from the entries of the access log, so that a request costs next
// to nothing.
import type { ServerResponse } from 'node:http'
import type { Verify } from '../../../../auth/verifier.ts'
import type { AccessLogEntry } from '../../../../http/guard/access-log.ts'
import type { StreamKind } from '../../../../http/proxy/open-streams.ts'
import { measureProcess } from './process-values.ts'
import type { Snapshot } from './snapshot.ts'

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
/** The upper bounds of the histogram's buckets, in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60]

/** The result of a login, by the reason in the access log. */
const RESULTS: Readonly<Record<string, string>> = {
  rejected: 'bad',
  'invalid-token': 'bad',
  throttled: 'throttled',
  busy: 'busy',
  fault: 'fault',
}
const LOGIN_METHODS = { password: 'basic', token: 'token', session: 'session', jwt: 'jwt' } as const

/** The step at which a request to an identity provider failed, by the end of its address. */
const OIDC_STEPS: Readonly<Record<string, string>> = {
  start: 'start',
  callback: 'callback',
  'backchannel-logout': 'logout',
}
const OIDC_ERRORS: ReadonlySet<string> = new Set([
  'openid-down',
  'openid-invalid',
  'openid-no-attempt',
  'openid-logout-refused',
])
/** The results of failed sign-ins. */
const OIDC_RESULTS: Readonly<Record<string, string>> = {
  'openid-down': 'fault',
  'openid-invalid': 'bad',
  'openid-no-attempt': 'bad',
  'openid-denied': 'bad',
  'openid-unknown-user': 'bad',
}

class Histogram {
  readonly #counts = BUCKETS.map(() => 0)
  #count = 0
  #sum = 0

  observe(seconds: number): void {
    this.#count++
    this.#sum += seconds
    const bucket = BUCKETS.findIndex(limit => seconds <= limit)
    if (bucket !== -1) this.#counts[bucket] = (this.#counts[bucket] as number) + 1
  }

  write(into: Record<string, number>, name: string): void {
    let total = 0
    for (const [i, limit] of BUCKETS.entries()) {
      total += this.#counts[i] as number
      into[`${name}_bucket{le="${limit}"}`] = total
    }
    into[`${name}_bucket{le="+Inf"}`] = this.#count
    into[`${name}_sum`] = this.#sum
    into[`${name}_count`] = this.#count
  }
}

/** The counts of one process. */
export class Counts {
  readonly #counters = new Map<string, number>()
  readonly #requests = new Histogram()
  readonly #checks = new Histogram()
  readonly #process = measureProcess()
  readonly #streams: Record<StreamKind, number> = { websocket: 0, sse: 0 }
  readonly #lookups = { hits: 0, misses: 0 }
  #inFlight = 0
  #waiting = 0

  /** @param hasProvider whether people can sign in with an identity provider. */
  constructor(hasProvider = false) {
    // present from the start, because Prometheus does not see the first error of a new series as growth
    const atZero: Readonly<Record<string, readonly string[]>> = {
      'authz_denied_total{class=': ['read', 'write', 'use', 'admin'],
      'upstream_errors_total{kind=': ['down', 'tls', 'invalid', 'timeout', 'busy', 'cut'],
      'oidc_errors_total{step=': hasProvider ? Object.values(OIDC_STEPS) : [],
    }
    for (const [start, labels] of Object.entries(atZero))
      for (const label of labels) this.#counters.set(`htpasswd_${start}"${label}"}`, 0)
  }

  /** A request has begun; its log entry will follow. */
  readonly begin = (): void => {
    this.#inFlight++
  }

  /** A request has ended, or a connection without one. */
  readonly observe = (entry: AccessLogEntry): void => {
    const { method, status, reason, kind, requestId } = entry
    const folded = METHODS.has(method) ? method : 'other'
    this.#add(`htpasswd_http_requests_total{code="${status}",method="${folded}"}`)
    if (requestId !== undefined) {
      this.#inFlight--
      this.#requests.observe(entry.milliseconds / 1000)
    }
    if (reason === 'signed-in') this.#login(isOidc(entry) ? 'oidc' : 'form', 'ok')
    else if (kind !== undefined) this.#login(LOGIN_METHODS[kind], reason === 'revoked' ? 'revoked' : 'ok')
    if (reason !== undefined) this.#observeReason(reason, entry)
    if (reason === 'forbidden') this.#add(`htpasswd_authz_denied_total{class="${entry.class ?? 'other'}"}`)
  }

  #observeReason(reason: string, { path, status }: AccessLogEntry): void {
    if (reason.startsWith('upstream-'))
      this.#add(`htpasswd_upstream_errors_total{kind="${reason.slice('upstream-'.length)}"}`)
    if (OIDC_ERRORS.has(reason)) {
      const step = OIDC_STEPS[path.slice(path.lastIndexOf('/') + 1)] ?? 'other'
      this.#add(`htpasswd_oidc_errors_total{step="${step}"}`)
    }
    const oidcResult = OIDC_RESULTS[reason]
    if (oidcResult !== undefined) this.#login('oidc', oidcResult)
    // the response to a sign-out has the same reason
    if (reason === 'signed-out' && status === 401) this.#login('session', 'expired')
    const result = RESULTS[reason]
    if (result === undefined) return
    if (reason === 'invalid-token') this.#login('token', result)
    else this.#login(path.endsWith('/.htpasswd/login') ? 'form' : 'basic', result)
  }

  /** Measures the computation of hashes. */
  readonly measure =
    (verify: Verify): Verify =>
    async (...args) => {
      const started = performance.now()
      this.#waiting++
      try {
        return await verify(...args)
      } finally {
        this.#waiting--
        this.#checks.observe((performance.now() - started) / 1000)
      }
    }

  /** Whether a password was remembered, or has to be verified. */
  readonly observeLookup = (isHit: boolean): void => {
    this.#lookups[isHit ? 'hits' : 'misses']++
  }

  /** A response goes on until the client or the app ends it. */
  readonly observeStream = (kind: StreamKind, res: ServerResponse): void => {
    this.#streams[kind]++
    res.once('close', () => this.#streams[kind]--)
  }

  snapshot(): Snapshot {
    const values: Record<string, number> = {
      ...Object.fromEntries(this.#counters),
      htpasswd_http_requests_in_flight: this.#inFlight,
      htpasswd_password_checks_waiting: this.#waiting,
      htpasswd_credential_cache_hits_total: this.#lookups.hits,
      htpasswd_credential_cache_misses_total: this.#lookups.misses,
      ...this.#process(),
    }
    for (const [kind, count] of Object.entries(this.#streams))
      values[`htpasswd_streams_open{kind="${kind}"}`] = count
    this.#requests.write(values, 'htpasswd_http_request_duration_seconds')
    this.#checks.write(values, 'htpasswd_password_check_duration_seconds')
    return values
  }

  #login(method: string, result: string): void {
    this.#add(`htpasswd_auth_attempts_total{method="${method}",result="${result}"}`)
  }

  #add(series: string): void {
    this.#counters.set(series, (this.#counters.get(series) ?? 0) + 1)
  }
}

const isOidc = ({ path }: AccessLogEntry): boolean => path.includes('/.htpasswd/oidc/')
