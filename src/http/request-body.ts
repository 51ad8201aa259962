// Whether a request has a body, and what becomes of one that is not wanted.
import type { IncomingMessage, ServerResponse } from 'node:http'

/** A length above zero, or a transfer coding (RFC 9112 section 6.3). */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** How long a client may go on sending a body that nobody reads, as nginx's lingering_time. */
const LINGERING_MILLISECONDS = 30_000

/**
 * After an early answer, reads on and drops for a while: a connection that is closed over unread bytes is reset, and
 * the reset can destroy the answer before the client has read it (RFC 9112 section 9.6).
 */
export function lingerAfterAnswer(
  req: IncomingMessage,
  res: ServerResponse,
  milliseconds: number = LINGERING_MILLISECONDS,
): void {
  if (req.complete) return
  const { socket } = req
  const limit = () => {
    if (req.complete || socket.destroyed) return
    const timer = setTimeout(() => socket.destroy(), milliseconds)
    timer.unref()
    req.once('close', () => clearTimeout(timer))
  }
  if (res.writableFinished) limit()
  else res.once('finish', limit)
  req.resume()
}
