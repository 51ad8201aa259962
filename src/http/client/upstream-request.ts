// A request to the upstream, as it is written to a connection, and the receiver of its response.
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type { ParsedHead } from './response-head.ts'
import type { ResponseSink } from './response-parser.ts'

/** A request as it is written to the connection. */
export interface UpstreamRequest {
  readonly method: string
  /** Request line and header fields, with the empty line, in Latin-1. */
  readonly head: string
  /** Undefined if the request has none. */
  readonly body: Readable | undefined
  /** Whether the body is sent in chunks, because its length is unknown. */
  readonly chunked: boolean
  /** The protocol that the upstream may switch to, in lower case. */
  readonly upgrade: string | undefined
}

/** Why there is no response, or only part of one. */
export interface UpstreamFailure {
  /**
   * `unreachable`: no connection; `tls`: no TLS on the connection; `lost`: closed without a response, or within its body;
   * `invalid`: what came cannot be read; `timeout`: the idle timeout; `overloaded`: no connection became free.
   */
  readonly kind: 'unreachable' | 'tls' | 'lost' | 'invalid' | 'timeout' | 'overloaded'
  /** Details for the operator: an error code, or what is wrong with the response. Never bytes of the response. */
  readonly cause?: string | undefined
}

const METHODS_WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS'])

/**
 * Whether another request may follow on the same connection.
 *
 * Not after HEAD: some servers send a body with its response (waitress, Cheroot), which would be read as the next
 * response. Not after a body of a method that has none by convention: some servers do not read it (Python's http.server),
 * and would run it as the next request. Both as in undici (its issue 258).
 */
export const allowsReuse = (method: string, hasBody: boolean): boolean =>
  method !== 'HEAD' && !(hasBody && METHODS_WITHOUT_BODY.has(method))

/** Receives the response. `onEnd`, `onSwitch` and `onFailure` are final. */
export interface ResponseHandler extends Omit<ResponseSink, 'onSwitch'> {
  /** The upstream has accepted the connection, so the client can be asked for the body. */
  onReady(): void
  /** All bytes of one read were passed on, and the response has not ended. */
  onReadComplete(): void
  /** The connection has left HTTP; its first bytes are `rest`. */
  onSwitch(head: ParsedHead, rest: Buffer, socket: Socket): void
  onFailure(failure: UpstreamFailure): void
}
