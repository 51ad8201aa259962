// Keeps a connection readable when a write fails: what the other side said before it closed has still to be read.
import type { Socket } from 'node:net'

/** The other side has closed; the reading ends by itself, behind the last byte that has come. */
const CLOSED = new Set<unknown>(['EPIPE', 'ECONNRESET'])

/**
 * An app that refuses an upload answers and closes over what it has not read, which resets the connection (RFC 9112
 * section 9.6). node destroys a socket whose write fails, with the answer unread in it: of such uploads 3 in 10 ended as
 * 502. Here the write just never ends, so that nothing more is written, and the reading comes to its end: there the caller
 * has to destroy the socket. An answer that the app's system never sent (its reset drops what Nagle's algorithm
 * holds back) cannot be had, nor one that the system here drops at the reset, as Windows does.
 */
export function readOnAfterWriteError(socket: Socket): void {
  const { _write: write, _writev: writev } = socket
  // one for all writes, for a stream has one under way at a time
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
