// The listener of `--metrics`: one address for one text, apart from the guard's own.
import { createServer } from 'node:http'
import { packageVersion } from '../../../../platform/resources.ts'
import type { ListenAddress } from '../listen/address.ts'
import { listen } from '../listen/port.ts'
import type { Snapshot } from './counts.ts'
import { type CommonFacts, metricsText } from './text.ts'

/** @throws HtpasswdError `ERR_LISTEN` if the port cannot be bound. */
export async function serveMetrics(
  address: ListenAddress,
  collect: () => Promise<readonly Snapshot[]>,
  facts: () => Omit<CommonFacts, 'version'>,
): Promise<AsyncDisposable> {
  const server = createServer((req, res) => {
    if (req.url !== '/metrics' || (req.method !== 'GET' && req.method !== 'HEAD')) {
      res.writeHead(404, { 'content-type': 'text/plain' }).end('The metrics are at /metrics.\n')
      return
    }
    void collect().then(snapshots => {
      res.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      res.end(metricsText(snapshots, { ...facts(), version: packageVersion() }))
    })
  })
  const binding = await listen(server, address)
  return {
    [Symbol.asyncDispose]: async () => {
      binding.close()
      server.close()
      server.closeAllConnections()
    },
  }
}
