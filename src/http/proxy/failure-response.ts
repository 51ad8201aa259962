// The guard's response when the app gives none, and the reason in the access log.
import type { CannedResponse } from '../basic/responses.ts'
import type { UpstreamFailure } from '../client/upstream-request.ts'
import type { ErrorResponder } from '../pages/error-responses.ts'
import type { ErrorKind } from '../pages/texts/page-texts.ts'

interface Failure {
  readonly error: ErrorKind
  readonly reason: string
  /** Whether the response shows the cause, because the person who runs the server can act on it. */
  readonly showsCause?: true
  readonly retryAfter?: number
}

const failures: Readonly<Record<UpstreamFailure['kind'], Failure>> = {
  unreachable: { error: 'app-unreachable', reason: 'upstream-down' },
  tls: { error: 'app-tls', reason: 'upstream-tls', showsCause: true },
  lost: { error: 'app-lost', reason: 'upstream-down' },
  invalid: { error: 'app-invalid', reason: 'upstream-invalid', showsCause: true },
  timeout: { error: 'app-timeout', reason: 'upstream-timeout' },
  overloaded: { error: 'app-busy', reason: 'upstream-busy', retryAfter: 5 },
}

export function failureResponse(
  { kind, cause }: UpstreamFailure,
  errorResponse: ErrorResponder,
  accept: string | undefined,
): { readonly response: CannedResponse; readonly reason: string } {
  const { error, reason, showsCause, retryAfter } = failures[kind]
  const facts = { cause: showsCause && cause, retryAfter }
  return { response: errorResponse(error, accept, facts), reason }
}
