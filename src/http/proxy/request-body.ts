// Whether a request has a body, and how an unread one is drained.
import type { IncomingMessage, ServerResponse } from 'node:http'

/** A length above zero, or a transfer coding (RFC 9112 section 6.3). */
export const hasBody = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** How long a client may keep sending a body that is not read, as nginx's lingering_time. */
const LINGERING_MILLISECONDS = 30_000

/**
 * After an early response, keeps reading and discards the rest: closing a connection over unread bytes sends a RST,
 * which can destroy the response before the client has read it (RFC 9112 section 9.6).
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
    // node:http calls this after the last response of a connection, even over unread bytes (resOnFinish in
    // lib/_http_server.js): until the body has been read, only our side of the connection ends
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
    // node:http emits no 'close' on a request that has its response
    socket.once('close', done)
  }
  if (res.writableFinished) linger()
  // must run before node:http's own listener
  else res.prependOnceListener('finish', linger)
  req.resume()
}
