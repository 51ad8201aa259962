// The text that Prometheus reads, from the counts of all processes: prometheus.io/docs/instrumenting/exposition_formats.
import type { Snapshot } from './counts.ts'

/** Type and meaning by name; series that are in no row are not shown. */
const families: Readonly<Record<string, readonly [type: 'counter' | 'gauge' | 'histogram', help: string]>> = {
  htpasswd_build_info: ['gauge', 'The version that runs.'],
  htpasswd_users: ['gauge', 'Users in the password file.'],
  htpasswd_tokens: ['gauge', 'Personal access tokens.'],
  htpasswd_http_requests_total: [
    'counter',
    'Requests that have ended, by status and method; 0 is no response.',
  ],
  htpasswd_http_requests_in_flight: ['gauge', 'Requests that have not ended, open streams among them.'],
  htpasswd_http_request_duration_seconds: [
    'histogram',
    'From the head of a request to the end of its response.',
  ],
  htpasswd_auth_attempts_total: ['counter', 'Credentials that were judged, by kind and result.'],
  htpasswd_authz_denied_total: ['counter', 'Requests of users who may not do what they asked for.'],
  htpasswd_password_check_duration_seconds: [
    'histogram',
    'Verification of a password, with the wait for a thread.',
  ],
  htpasswd_password_checks_waiting: ['gauge', 'Passwords that are being verified, or wait for it.'],
  htpasswd_upstream_errors_total: ['counter', 'Requests to which the app did not respond properly.'],
  htpasswd_worker_resident_memory_bytes: ['gauge', 'Memory of each process that serves requests.'],
  process_cpu_seconds_total: ['counter', 'CPU time of the processes that serve requests.'],
  process_resident_memory_bytes: ['gauge', 'Memory of the processes that serve requests.'],
}

/** What is known to the process that was started, not to its workers. */
export interface CommonFacts {
  readonly version: string
  readonly users: number
  readonly tokens: number
}

/** The text of a scrape: the processes' values added up, and the memory of each. */
export function metricsText(snapshots: readonly Snapshot[], { version, users, tokens }: CommonFacts): string {
  const values = new Map<string, number>([
    [`htpasswd_build_info{version="${version}"}`, 1],
    ['htpasswd_users', users],
    ['htpasswd_tokens', tokens],
  ])
  for (const [i, snapshot] of snapshots.entries()) {
    for (const [series, value] of Object.entries(snapshot))
      values.set(series, (values.get(series) ?? 0) + value)
    const memory = snapshot.process_resident_memory_bytes
    if (memory !== undefined) values.set(`htpasswd_worker_resident_memory_bytes{worker="${i + 1}"}`, memory)
  }
  const lines = Object.entries(families).flatMap(([name, [type, help]]) => {
    const own = [...values].filter(([series]) => familyOf(series, type) === name)
    if (own.length === 0) return []
    const samples = own.map(([series, value]) => `${series} ${value}`)
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples]
  })
  return `${lines.join('\n')}\n`
}

const familyOf = (series: string, type: string): string => {
  const name = series.replace(/\{.*/, '')
  return type === 'histogram' ? name.replace(/_(bucket|sum|count)$/, '') : name
}
