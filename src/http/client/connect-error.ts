// Why a connection to the upstream could not be made, in words for the log.

/** Whether a TLS handshake failed because the other side speaks plain HTTP: OpenSSL parses its text as a TLS record. */
export const isPlainHttpError = ({ code = '', message }: NodeJS.ErrnoException): boolean =>
  /^(ERR_SSL_|EPROTO)/.test(code) && /wrong version number|packet length too long/i.test(message)

/** The error's code; if several addresses were tried, the first one's. */
export function reasonOf(error: NodeJS.ErrnoException | undefined): string {
  const first = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : error
  if (first !== undefined && isPlainHttpError(first))
    return 'plain HTTP instead of TLS: the upstream needs an http URL'
  return first?.code ?? first?.message ?? 'no connection in time'
}
