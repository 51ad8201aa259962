// The resources that a process uses, under the names of Prometheus' client libraries.
import { readdirSync, readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Snapshot } from './snapshot.ts'

/** The sampling interval of the event loop's delay, in milliseconds; it costs half a percent of a core. */
const RESOLUTION_MS = 20

/** Measures this process from now on. */
export function measureProcess(): () => Snapshot {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  /** The delay of the event loop: the time between two samples less the interval. */
  const lag = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000) || 0
  return () => {
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage()
    const values = {
      process_cpu_seconds_total: (user + system) / 1e6,
      process_resident_memory_bytes: rss,
      ...fileDescriptors(),
      nodejs_eventloop_lag_mean_seconds: lag(delay.mean),
      nodejs_eventloop_lag_p99_seconds: lag(delay.percentile(99)),
      nodejs_eventloop_lag_max_seconds: lag(delay.max),
      nodejs_heap_size_used_bytes: heapUsed,
      nodejs_heap_size_total_bytes: heapTotal,
      nodejs_external_memory_bytes: external,
    }
    delay.reset()
    return values
  }
}

/** Linux has these values in files; other systems have none. */
function fileDescriptors(): Snapshot {
  try {
    const open = readdirSync('/proc/self/fd').length
    const limit = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
    return { process_open_fds: open, ...(limit !== undefined && { process_max_fds: Number(limit) }) }
  } catch {
    return {}
  }
}
