// The server of `--metrics`: a listener of its own with one text.
import { createServer } from 'node:http'
import { packageVersion } from '../../../../platform/resources.ts'
import type { ListenAddress } from '../listen/address.ts'
import { listenAt } from '../listen/listen.ts'
import type { Listener } from '../listen/listener.ts'
import type { Replicas } from '../processes/replicas.ts'
import { measureProcess } from './process-values.ts'
import type { Reloads } from './reloads.ts'
import type { Snapshot } from './snapshot.ts'
import { metricsText } from './text.ts'

/** The sources of the metrics. */
export interface MetricsSources {
  readonly listener: Pick<Listener, 'snapshots'>
  /** Whether worker processes serve the requests. */
  readonly hasWorkers: boolean
  readonly users: { readonly size: number }
  readonly tokens: { readonly value: { readonly size: number } }
  readonly reloads: Reloads | undefined
  /** Undefined without --redis-url. */
  readonly replicas: Pick<Replicas, 'isUp' | 'errors'> | undefined
}

/** @throws HtpasswdError `ERR_LISTEN` if the port cannot be bound. */
export async function serveMetrics(
  address: ListenAddress,
  sources: MetricsSources,
): Promise<AsyncDisposable> {
  const { listener, hasWorkers } = sources
  const own = hasWorkers ? measureProcess() : undefined
  const collect = async (): Promise<string> => {
    const processes = (await listener.snapshots()).map((snapshot, i) => [i + 1, snapshot] as const)
    return metricsText(
      factsOf(sources),
      new Map(own === undefined ? processes : [[0, own()] as const, ...processes]),
    )
  }
  const server = createServer((req, res) => {
    if (req.url !== '/metrics' || (req.method !== 'GET' && req.method !== 'HEAD')) {
      res.writeHead(404, { 'content-type': 'text/plain' }).end('The metrics are at /metrics.\n')
      return
    }
    void collect().then(text => {
      res.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      res.end(text)
    })
  })
  const { others } = await listenAt(server, [address])
  return {
    [Symbol.asyncDispose]: async () => {
      for (const each of [server, ...others]) each.close()
      server.closeAllConnections()
    },
  }
}

const START_TIME_SECONDS = performance.timeOrigin / 1000

/** The facts that only this process knows, not its workers. */
const factsOf = ({ users, tokens, reloads, replicas }: MetricsSources): Snapshot => ({
  [`htpasswd_build_info{version="${packageVersion()}"}`]: 1,
  [`nodejs_version_info{version="${process.version}"}`]: 1,
  process_start_time_seconds: START_TIME_SECONDS,
  htpasswd_users: users.size,
  htpasswd_tokens: tokens.value.size,
  ...reloads?.snapshot(),
  ...(replicas && {
    htpasswd_store_up: replicas.isUp() ? 1 : 0,
    htpasswd_store_errors_total: replicas.errors(),
  }),
})
