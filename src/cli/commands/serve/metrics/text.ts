// The text that Prometheus reads, from the counts of all processes: prometheus.io/docs/instrumenting/exposition_formats.
import { nameOf, type Snapshot } from './snapshot.ts'

/** Type and meaning by name; a series without a row is not shown. */
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
  htpasswd_streams_open: ['gauge', 'Upgraded connections and event streams that are open.'],
  htpasswd_auth_attempts_total: ['counter', 'Credentials that were judged, by kind and result.'],
  htpasswd_authz_denied_total: ['counter', 'Requests of users who may not do what they asked for, by class.'],
  htpasswd_password_check_duration_seconds: [
    'histogram',
    'Verification of a password, with the wait for a thread.',
  ],
  htpasswd_password_checks_waiting: ['gauge', 'Passwords that are being verified, or wait for it.'],
  htpasswd_credential_cache_hits_total: ['counter', 'Passwords that were remembered.'],
  htpasswd_credential_cache_misses_total: ['counter', 'Passwords that were not remembered, wrong ones too.'],
  htpasswd_file_reloads_total: ['counter', 'Changes of a file that were read, or could not be used.'],
  htpasswd_file_last_reload_timestamp_seconds: ['gauge', 'When the content in force was read.'],
  htpasswd_file_last_failed_reload_timestamp_seconds: ['gauge', 'When a file last could not be used.'],
  htpasswd_upstream_errors_total: ['counter', 'Requests to which the app did not respond properly.'],
  htpasswd_store_up: ['gauge', 'Whether Redis responds.'],
  htpasswd_store_errors_total: ['counter', 'How often Redis was lost, or could not be reached.'],
  htpasswd_oidc_errors_total: ['counter', 'Exchanges with an identity provider that failed, by step.'],
  htpasswd_worker_resident_memory_bytes: ['gauge', 'Memory of each process.'],
  process_cpu_seconds_total: ['counter', 'CPU time of all processes.'],
  process_resident_memory_bytes: ['gauge', 'Memory of all processes.'],
  process_open_fds: ['gauge', 'Open file descriptors of all processes.'],
  process_max_fds: ['gauge', 'Limit of the file descriptors of all processes.'],
  process_start_time_seconds: ['gauge', 'When the first process started, since 1970.'],
  nodejs_eventloop_lag_mean_seconds: ['gauge', 'How late the event loop was since the last scrape: mean.'],
  nodejs_eventloop_lag_p99_seconds: ['gauge', 'The same: 99th percentile.'],
  nodejs_eventloop_lag_max_seconds: ['gauge', 'The same: maximum.'],
  nodejs_heap_size_used_bytes: ['gauge', "Memory of V8's heap that is in use."],
  nodejs_heap_size_total_bytes: ['gauge', "Memory of V8's heap."],
  nodejs_external_memory_bytes: ['gauge', "Memory outside of V8's heap."],
  nodejs_version_info: ['gauge', 'The version of Node.js.'],
}

/** Whether a metric is shown for each process instead of added up. */
const isPerProcess = (series: string): boolean => series.startsWith('nodejs_') && !series.includes('{')

/**
 * The text of a scrape: the processes' values added up, and the memory of each.
 *
 * @param facts what is known to the process that was started.
 * @param processes by number; those that serve requests begin at 1, and 0 is one that only starts them.
 */
export function metricsText(facts: Snapshot, processes: ReadonlyMap<number, Snapshot>): string {
  const values = new Map<string, number>(Object.entries(facts))
  for (const [number, snapshot] of processes) {
    const label = `{worker="${number}"}`
    for (const [series, value] of Object.entries(snapshot)) {
      if (isPerProcess(series)) values.set(series + label, value)
      else values.set(series, (values.get(series) ?? 0) + value)
    }
    const memory = snapshot.process_resident_memory_bytes
    if (memory !== undefined) values.set(`htpasswd_worker_resident_memory_bytes${label}`, memory)
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
  const name = nameOf(series)
  return type === 'histogram' ? name.replace(/_(bucket|sum|count)$/, '') : name
}
