// Sends one request on a connection to an app and keeps what comes back.

import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import type { UpstreamConnection, UpstreamRequest } from '../../src/http/client/connection.ts'

/** The response, or how it failed; a failure behind the head has both. */
export interface RecordedResponse {
  status?: number
  body?: string
  failure?: string
  switched?: string
}

/** A request's body that a test writes. */
export const bodyStream = (): PassThrough & IncomingMessage => new PassThrough() as never

export function send(
  connection: UpstreamConnection,
  request: Partial<UpstreamRequest> = {},
  on: { ready?: () => void; data?: () => boolean } = {},
): Promise<RecordedResponse> {
  return new Promise(resolve => {
    const seen: RecordedResponse = {}
    const head = 'GET / HTTP/1.1\r\nHost: app\r\n\r\n'
    connection.start(
      { method: 'GET', head, body: undefined, chunked: false, upgrade: false, ...request },
      {
        onReady: () => on.ready?.(),
        onHead: ({ status }) => Object.assign(seen, { status, body: '' }),
        onReadEnd: () => {},
        onData: (bytes, start, end) => {
          seen.body += bytes.toString('latin1', start, end)
          return on.data?.() ?? true
        },
        onEnd: () => resolve(seen),
        onSwitch: ({ status }, socket, rest) => {
          socket.destroy()
          resolve({ status, switched: rest.toString('latin1') })
        },
        onFailure: failure => resolve({ ...seen, failure }),
      },
    )
  })
}
