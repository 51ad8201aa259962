// Sends one request on a connection to an app and keeps what comes back.

import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import type { UpstreamConnection } from '../../src/http/client/connection.ts'
import type { Upstream } from '../../src/http/client/pool.ts'
import type { ResponseHandler, UpstreamRequest } from '../../src/http/client/upstream-request.ts'

/** The response, or how it failed; a failure within the body has both. */
export interface RecordedResponse {
  status?: number
  body?: string
  interim?: number[]
  failure?: string
  cause?: string | undefined
  switched?: string
}

/** A request's body that a test writes. */
export const bodyStream = (): PassThrough & IncomingMessage => new PassThrough() as never

interface Events {
  ready?: () => void
  data?: () => boolean
}

const GET = { method: 'GET', body: undefined, chunked: false, upgrade: undefined }
const HEAD = 'GET / HTTP/1.1\r\nHost: app\r\n\r\n'

/** Sends a request on one connection. */
export const send = (
  connection: UpstreamConnection,
  request: Partial<UpstreamRequest> = {},
  on: Events = {},
): Promise<RecordedResponse> =>
  record(on, handler => connection.start({ ...GET, head: HEAD, ...request }, handler))

/** Sends a request of a user through the pool. */
export const sendTo = (
  upstream: Upstream,
  request: Partial<UpstreamRequest> = {},
  user = 'alice',
): Promise<RecordedResponse> =>
  record({}, handler => upstream.send({ ...GET, head: HEAD, ...request }, handler, { user }))

function record(on: Events, start: (handler: ResponseHandler) => unknown): Promise<RecordedResponse> {
  return new Promise(resolve => {
    const seen: RecordedResponse = {}
    start({
      onReady: () => on.ready?.(),
      onInterim: ({ status }) => {
        seen.interim = [...(seen.interim ?? []), status]
      },
      onHead: ({ status }) => Object.assign(seen, { status, body: '' }),
      onReadComplete: () => {},
      onData: (bytes, start, end) => {
        seen.body += bytes.toString('latin1', start, end)
        return on.data?.() ?? true
      },
      onEnd: () => resolve(seen),
      onSwitch: ({ status }, rest, socket) => {
        socket.destroy()
        resolve({ status, switched: rest.toString('latin1') })
      },
      onFailure: ({ kind, cause }) => resolve({ ...seen, failure: kind, cause }),
    })
  })
}
