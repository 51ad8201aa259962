// The guard's responses when the app gives none: what the visitor reads, and the reason in the access log.
import { type CannedResponse, textResponse } from '../basic/responses.ts'
import type { UpstreamFailure } from '../client/upstream-request.ts'

/** By the kind of failure: the response, and the reason in the access log. */
const failures: Readonly<
  Record<
    UpstreamFailure['kind'],
    { readonly status: number; readonly text: (cause?: string) => string; readonly reason: string }
  >
> = {
  unreachable: {
    status: 502,
    text: () => 'The app behind this server is not reachable. Is it running?',
    reason: 'upstream-down',
  },
  tls: {
    status: 502,
    text: cause => `The app behind this server is reachable, but not over TLS (${cause}).`,
    reason: 'upstream-tls',
  },
  lost: {
    status: 502,
    text: () => 'The app behind this server closed the connection without a response.',
    reason: 'upstream-down',
  },
  invalid: {
    status: 502,
    text: cause => `The app behind this server sent a response that cannot be passed on: ${cause}.`,
    reason: 'upstream-invalid',
  },
  timeout: {
    status: 504,
    text: () => 'The app behind this server did not respond in time.',
    reason: 'upstream-timeout',
  },
  overloaded: {
    status: 503,
    text: () => 'Too many requests are in flight to the app behind this server. Try again in a moment.',
    reason: 'upstream-busy',
  },
}

export function failureResponse(
  kind: UpstreamFailure['kind'],
  cause: string | undefined,
): { readonly response: CannedResponse; readonly reason: string } {
  const { status, text, reason } = failures[kind]
  const headers: Record<string, string> = status === 503 ? { 'retry-after': '5' } : {}
  return { response: textResponse(status, text(cause), headers), reason }
}
