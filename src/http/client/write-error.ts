// Keeps a connection readable after a failed write, so that a response sent before the upstream closed is not lost.
import type { Socket } from 'node:net'

/** Errors of a write to a connection that the other side has closed. */
const CLOSED = new Set<unknown>(['EPIPE', 'ECONNRESET'])

/**
 * Keeps reading after a failed write. An upstream that rejects an upload early responds and closes over unread bytes; the
 * RST fails our write, and Node then destroys the socket with the response unread in it (RFC 9112 section 9.6): 3 of 10
 * such uploads ended as 502. Here that write never completes, so nothing more is written, and 'end' follows the last byte
 * received: there the caller has to destroy the socket.
 *
 * A response that the RST dropped from the upstream's send buffer, or from our receive buffer as on Windows, is lost.
 */
export function readOnAfterWriteError(socket: Socket): void {
  const { _write: write, _writev: writev } = socket
  // one callback is enough, because a stream has one write in flight at a time
  let done: (error?: Error | null) => void
  const settle = (error?: NodeJS.ErrnoException | null): void => {
    if (!CLOSED.has(error?.code)) done(error)
  }
  socket._write = (chunk, encoding, callback) => {
    done = callback
    write.call(socket, chunk, encoding, settle)
  }
  socket._writev = (chunks, callback) => {
    done = callback
    writev?.call(socket, chunks, settle)
  }
}
