// Values of metrics by series, and what becomes of those of several processes.

/** Values by series, such as `htpasswd_http_requests_total{code="200",method="GET"}`. */
export type Snapshot = Readonly<Record<string, number>>

/** Without labels. */
export const nameOf = (series: string): string => series.replace(/\{.*/, '')

/** By Prometheus' rules for names: what only grows, a histogram's parts among it. */
const isCounter = (series: string): boolean => /_(total|bucket|sum|count)$/.test(nameOf(series))

/** What a process that has ended leaves behind: a counter that went back would be taken for growth from 0. */
export const countersOf = (snapshot: Snapshot): Snapshot =>
  Object.fromEntries(Object.entries(snapshot).filter(([series]) => isCounter(series)))

/** The values of both added up. */
export function sumOf(one: Snapshot, other: Snapshot): Snapshot {
  const sum: Record<string, number> = { ...one }
  for (const [series, value] of Object.entries(other)) sum[series] = (sum[series] ?? 0) + value
  return sum
}
