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
export function lingerAfterResponse(
  req: IncomingMessage,
  res: ServerResponse,
  milliseconds: number = LINGERING_MILLISECONDS,
): void {
  if (req.complete || !hasBody(req)) return
  const { socket } = req
  const linger = () => {
    if (req.complete || socket.destroyed) return
    const timer = setTimeout(() => socket.destroy(), milliseconds)
    timer.unref()
    let last = false
    // node:http closes behind the last answer of a connection with this, over whatever is unread (resOnFinish in its
    // lib/_http_server.js): until the body is through, only our side of the connection ends
    socket.destroySoon = () => {
      last = true
      socket.end()
    }
    const done = () => {
      clearTimeout(timer)
      socket.off('close', done)
      Reflect.deleteProperty(socket, 'destroySoon')
      if (last) socket.destroySoon()
    }
    req.once('end', done)
    // node:http no longer tells a request that has its answer
    socket.once('close', done)
  }
  if (res.writableFinished) linger()
  // before node:http's own
  else res.prependOnceListener('finish', linger)
  req.resume()
}
