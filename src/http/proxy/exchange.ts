// One request with its response, from its arrival to its line in the access log.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Identity } from '../../auth/identity.ts'
import type { CannedResponse } from '../basic/responses.ts'
import type { UpstreamCall } from '../client/queued-call.ts'
import type { AccessLogEntry } from '../guard/access-log.ts'
import type { ClientFacts } from '../guard/client-address.ts'
import { corsHeaders } from '../guard/cross-site.ts'
import type { Admitted, Decision, Responded } from '../guard/decision.ts'
import { requestIdOf } from '../guard/request-id.ts'
import { pathOf } from '../guard/route.ts'
import { lingerAfterResponse } from './request-body.ts'
import type { RequestHeaderFacts } from './request-headers.ts'

/** A request in flight. */
export class Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly client: ClientFacts
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean
  /** Its position in `OpenStreams` while it is there. */
  openIndex: number | undefined
  #closes: boolean
  readonly #started: number
  readonly #url: string
  readonly #sentRequestId: string | string[] | undefined
  readonly #userAgent: string | undefined
  readonly #referer: string | undefined
  #decision: Decision | undefined
  #upstreamRequest: UpstreamCall | undefined
  #reason: string | undefined
  #cause: string | undefined
  #bytes = 0
  #attempted: string | undefined
  #class: string | undefined
  #requestId: string | undefined

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    client: ClientFacts,
    flags: { expectsContinue: boolean; closes: boolean; now: number },
  ) {
    this.req = req
    this.res = res
    this.client = client
    this.expectsContinue = flags.expectsContinue
    this.#closes = flags.closes
    this.#started = flags.now
    this.#url = req.url ?? ''
    // read now, because a listener in this process gets the request with other headers
    const { 'x-request-id': id, 'user-agent': userAgent, referer } = req.headers
    this.#sentRequestId = id
    this.#userAgent = userAgent
    this.#referer = referer
  }

  /** The sender; undefined until that is decided, and for a request without a login. */
  get identity(): Identity | undefined {
    return this.#decision?.identity
  }

  /** Whether the user still has access; true for a request without a login. */
  get isCurrent(): boolean {
    const decision = this.#decision
    if (decision?.identity?.isCurrent() === false) return false
    return decision === undefined || !('forward' in decision) || decision.isAllowed?.() !== false
  }

  /** Whether the connection must end with this response. */
  get closes(): boolean {
    return this.#closes
  }

  /** Records the decision, which never changes. */
  decide(decision: Decision): void {
    this.#decision = decision
  }

  /** Records who signed in or out with this request. */
  identify(identity: Identity): void {
    if (this.#decision !== undefined) this.#decision = { ...this.#decision, identity }
  }

  /** Records the existing user that a failed login named. */
  recordAttempt(user: string | undefined): void {
    this.#attempted = user
  }

  /** The id of the request, the same for the app and the access log. */
  get requestId(): string {
    this.#requestId ??= requestIdOf(this.#sentRequestId, this.client.proxied)
    return this.#requestId
  }

  /** Records a decision that is a response, and sends it. */
  carryOut(decision: Responded): void {
    this.#decision = decision
    this.#attempted = decision.attempted
    this.#class = decision.class
    if (decision.closes) this.#closes = true
    this.respond(decision.respond, decision.reason, decision.cause)
  }

  /**
   * Sends a response of the guard's own.
   *
   * @param reason a word for the access log; `cause` says what exactly went wrong.
   */
  respond({ status, headers: own, cookies, body }: CannedResponse, reason: string, cause?: string): void {
    const { req, res } = this
    this.#reason = reason
    this.#cause = cause
    // without CORS headers a page of the allowed origin sees neither the status nor the difference to a network error
    const origin = this.#decision?.allowedOrigin
    // A client that waits for 100 Continue may or may not send the body, so it could not be told from the next request
    // (RFC 9110 section 10.1.1).
    const ends = this.#closes || this.expectsContinue
    if (origin === undefined && cookies === undefined && !ends) res.writeHead(status, own)
    else {
      res.writeHead(status, {
        ...(origin !== undefined && corsHeaders(origin)),
        ...own,
        ...(cookies !== undefined && { 'set-cookie': [...cookies] }),
        ...(ends && { connection: 'close' }),
      })
    }
    const text = req.method === 'HEAD' ? '' : body
    this.countBytes(Buffer.byteLength(text))
    res.end(text)
    lingerAfterResponse(req, res)
  }

  /** The app processes the request from now on, until `detachUpstream`. */
  attachUpstream(request: UpstreamCall): void {
    this.#upstreamRequest = request
  }

  detachUpstream(): void {
    this.#upstreamRequest = undefined
  }

  resumeUpstream(): void {
    this.#upstreamRequest?.resume()
  }

  abortUpstream(): void {
    this.#upstreamRequest?.abort()
  }

  /** Counts bytes of the response's body, for the access log. */
  countBytes(bytes: number): void {
    this.#bytes += bytes
  }

  /** Aborts the response, because a body that was cut short must not look complete. */
  cutResponse(reason: string): void {
    this.#reason = reason
    this.res.destroy()
  }

  /** Closes the connections on both sides, because the user no longer has access. */
  revoke(): void {
    this.#reason = 'revoked'
    this.req.socket.destroy()
  }

  /** The facts from which the headers for the app are written. */
  toHeaderFacts({ trustedOrigin, identity, groups, credentialsHeader }: Admitted): RequestHeaderFacts {
    const { req, client } = this
    return {
      rawHeaders: req.rawHeaders,
      connection: req.headers.connection,
      host: req.headers.host ?? '',
      client,
      requestId: this.requestId,
      origin: req.headers.origin,
      trustedOrigin,
      fetchSite: req.headers['sec-fetch-site'] as string | undefined,
      username: identity?.username,
      groups,
      credentialsHeader,
      isToken: identity?.kind === 'token',
    }
  }

  /** The entry of the access log, once the response or its connection has ended. */
  toLogEntry(now: number): AccessLogEntry {
    const { req, res } = this
    const target = this.#url
    const query = target.search(/[?#]/)
    // a target in absolute form may hold a user and password: http://name:secret@host/
    const path = target.startsWith('/') ? (query === -1 ? target : target.slice(0, query)) : '-'
    return {
      time: new Date(Date.now() - (now - this.#started)),
      address: this.client.address,
      user: this.identity?.user,
      credentials: this.identity?.label,
      method: req.method ?? '-',
      path,
      status: res.headersSent ? res.statusCode : 0,
      bytes: this.#bytes,
      milliseconds: now - this.#started,
      // the regular end of an upgraded connection cannot be told from an abort
      aborted: !res.writableFinished && res.statusCode !== 101,
      reason: this.#reason,
      cause: this.#cause,
      class: this.#class,
      attempted: this.#attempted,
      kind: this.identity?.kind,
      requestId: this.requestId,
      httpVersion: req.httpVersion,
      referer: this.#referer && pathOf(this.#referer),
      userAgent: this.#userAgent,
    }
  }
}
