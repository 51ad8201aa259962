// Values of metrics by series, and how those of several processes are combined.

/** Values by series, such as `htpasswd_http_requests_total{code="200",method="GET"}`. */
export type Snapshot = Readonly<Record<string, number>>

/** The name of a metric, without labels. */
export const nameOf = (series: string): string => series.replace(/\{.*/, '')

/** Whether the value only grows, by Prometheus' naming rules; includes the parts of a histogram. */
const isCounter = (series: string): boolean => /_(total|bucket|sum|count)$/.test(nameOf(series))

/**
 * The counters of a process that has ended. They are kept, because Prometheus takes a counter that decreases for a
 * restart from 0.
 */
export const countersOf = (snapshot: Snapshot): Snapshot =>
  Object.fromEntries(Object.entries(snapshot).filter(([series]) => isCounter(series)))

/** Adds up the values of both. */
export function sumOf(one: Snapshot, other: Snapshot): Snapshot {
  const sum: Record<string, number> = { ...one }
  for (const [series, value] of Object.entries(other)) sum[series] = (sum[series] ?? 0) + value
  return sum
}
