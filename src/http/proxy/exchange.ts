// One request with its response and what is known of both: made when it comes, logged when it has gone.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Login } from '../../auth/auth-result.ts'
import type { CannedResponse } from '../basic/responses.ts'
import type { AccessLogEntry } from '../guard/access-log.ts'
import type { ClientFacts } from '../guard/client-address.ts'
import { lingerAfterResponse } from './request-body.ts'
import type { RequestHeaderFacts } from './request-headers.ts'

/** A request under way. */
export class Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly client: ClientFacts
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean
  /** Whether the connection must end with this response. */
  closing: boolean
  /** Who was let in. */
  login: Login | undefined
  /** Whether the login came in a header of its own, beside `Authorization`. */
  separateLogin = false
  /** What goes up as request target. */
  target = ''
  /** Whether Origin is the app's own or an allowed one. */
  trustedOrigin = false
  /** The allowed origin that the response has to name. */
  allowedOrigin: string | undefined
  reason: string | undefined
  bytes = 0
  /** The request at the app, to go on with when the client takes more, to be given up when it leaves. */
  upstreamRequest: { abort(): void; resume(): void } | undefined
  readonly #started: number
  readonly #url: string

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    client: ClientFacts,
    flags: { expectsContinue: boolean; closing: boolean; now: number },
  ) {
    this.req = req
    this.res = res
    this.client = client
    this.expectsContinue = flags.expectsContinue
    this.closing = flags.closing
    this.#started = flags.now
    this.#url = req.url ?? ''
  }

  /** Sends an answer of the guard's own. */
  respond({ status, headers, body }: CannedResponse, reason: string): void {
    const { req, res } = this
    this.reason = reason
    // Whoever waits for 100 Continue may send the body or not: the next request could not be told from it
    // (RFC 9110 section 10.1.1).
    if (this.closing || this.expectsContinue) res.writeHead(status, { ...headers, connection: 'close' })
    else res.writeHead(status, headers)
    const text = req.method === 'HEAD' ? '' : body
    this.bytes = Buffer.byteLength(text)
    res.end(text)
    lingerAfterResponse(req, res)
  }

  /** Cuts what is open, on both sides. */
  revoke(): void {
    this.reason = 'revoked'
    this.req.socket.destroy()
  }

  /** What the upstream headers are written from. */
  toHeaderFacts(): RequestHeaderFacts {
    const { req, client } = this
    return {
      rawHeaders: req.rawHeaders,
      connection: req.headers.connection,
      host: req.headers.host ?? '',
      address: client.address,
      scheme: client.scheme,
      trustedOrigin: this.trustedOrigin,
      username: this.login?.username,
      separateLogin: this.separateLogin,
    }
  }

  /** The line of the log, when all is over. */
  toLogEntry(now: number): AccessLogEntry {
    const { req, res } = this
    const target = this.#url
    const query = target.search(/[?#]/)
    // what is no path may hold a user and password: http://name:secret@host/
    const path = target.startsWith('/') ? (query === -1 ? target : target.slice(0, query)) : '-'
    return {
      time: new Date(Date.now() - (now - this.#started)),
      address: this.client.address,
      user: this.login?.user,
      method: req.method ?? '-',
      path,
      status: res.headersSent ? res.statusCode : 0,
      bytes: this.bytes,
      milliseconds: now - this.#started,
      // an upgraded connection has no end that could be told from a break
      aborted: !res.writableFinished && res.statusCode !== 101,
      reason: this.reason,
    }
  }
}
