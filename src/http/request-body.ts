// Whether a request has a body, and what becomes of one that is not wanted.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

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
  const socket: Socket & { destroySoon?: () => void } = req.socket
  // Where the client wants no more of the connection, node:http closes it behind the answer, over whatever is unread:
  // ended instead, it can be read on. Where it is us, nothing more of it is wanted.
  let last = false
  if (!res.shouldKeepAlive)
    socket.destroySoon = () => {
      last = true
      socket.end()
    }
  const limit = () => {
    if (socket.destroyed) return
    const timer = setTimeout(() => socket.destroy(), milliseconds)
    timer.unref()
    const done = () => {
      clearTimeout(timer)
      Reflect.deleteProperty(socket, 'destroySoon')
      if (last) socket.destroySoon?.()
    }
    if (req.complete) done()
    else req.once('end', done).once('close', done)
  }
  if (res.writableFinished) limit()
  else res.once('finish', limit)
  req.resume()
}
