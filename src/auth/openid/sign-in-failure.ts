// Why a sign-in with a provider failed: the kind decides what the page says, the cause goes to the log.
import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client'

/** The kinds of failures, each with its own text on the page. */
export type SignInProblem =
  /** The provider cannot be reached. */
  | 'down'
  /** The person, or the provider, said no. */
  | 'denied'
  /** No attempt of this browser matches: too late, another browser, sent twice, or forged. */
  | 'no-attempt'
  /** The provider knows the person; this server does not. */
  | 'unknown-user'
  /** The provider's token has expired, or is not valid yet, because the clocks differ. */
  | 'clock'
  /** The provider's response is not valid, or the provider refuses this client. */
  | 'invalid'

/** A sign-in that failed. */
export interface FailedSignIn {
  readonly problem: SignInProblem
  /** The cause in a sentence for the log; it contains no token and no code. */
  readonly cause: string
  readonly cookies: readonly string[]
}

/**
 * The problem and the cause of an error of openid-client or of the provider.
 *
 * @param now milliseconds since 1970.
 */
export const describeFailure = (error: unknown, now: number): Omit<FailedSignIn, 'cookies'> => ({
  problem: problemOf(error),
  cause: isClockError(error) ? explainClocks(error, now) : explain(error),
})

function problemOf(error: unknown): SignInProblem {
  if (error instanceof AuthorizationResponseError) {
    if (['server_error', 'temporarily_unavailable'].includes(error.error)) return 'down'
    return /^(access_denied|(login|consent|interaction|account_selection)_required)$/.test(error.error)
      ? 'denied'
      : 'invalid'
  }
  if (error instanceof ResponseBodyError) return error.status >= 500 ? 'down' : 'invalid'
  if (isClockError(error)) return 'clock'
  const inner = error instanceof ClientError ? (error.cause ?? error) : error
  return isNetworkError(inner) && !(error instanceof ClientError && error.code === 'OAUTH_INVALID_RESPONSE')
    ? 'down'
    : 'invalid'
}

/** `fetch` failed, or took too long. */
const isNetworkError = (error: unknown): boolean =>
  (error as { code?: unknown }).code === 'ERR_PROVIDER' ||
  error instanceof TypeError ||
  ['TimeoutError', 'AbortError'].includes((error as Error).name)

const isClockError = (error: unknown): error is ClientError =>
  error instanceof ClientError && error.code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED'

/** An ID token comes straight from the provider, so its `iat` is the provider's time. */
function explainClocks(error: ClientError, now: number): string {
  const { message, cause } = (error.cause ?? error) as Error & {
    readonly cause?: { readonly claims?: { readonly iat?: number } }
  }
  const issued = (cause?.claims?.iat ?? 0) * 1000
  const minutes = Math.round(Math.abs(now - issued) / 60_000)
  return (
    `${message}: it is ${new Date(now).toISOString()} here and ${new Date(issued).toISOString()} at the provider; ` +
    `one of the clocks is wrong by ${minutes} minutes`
  )
}

function explain(error: unknown): string {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const more = error.error_description === undefined ? '' : `: ${error.error_description}`
    return `the provider said ${error.error}${more}`
  }
  const { message, cause } = error as Error
  const { code, message: inner } = (cause ?? {}) as NodeJS.ErrnoException
  const reason = code ?? inner
  return reason === undefined ? message : `${message} (${reason})`
}
