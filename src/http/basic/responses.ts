// Complete responses that a guard or a middleware sends itself.

/** A complete response. Header names are in lower case. */
export interface CannedResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Values of `Set-Cookie`. */
  readonly cookies?: readonly string[]
  readonly body: string
}

/** A response of plain text that no cache may store and no browser may take for HTML. */
export const textResponse = (
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): CannedResponse => completeResponse(status, 'text/plain; charset=utf-8', `${text}\n`, headers)

/** A response of any type that no cache may store and no browser may take for another type. */
export function completeResponse(
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): CannedResponse {
  const length = String(Buffer.byteLength(body))
  const fixed = { 'content-type': type, 'content-length': length, 'cache-control': 'no-store' }
  return { status, headers: { ...fixed, 'x-content-type-options': 'nosniff', ...headers }, body }
}
