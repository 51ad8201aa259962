// Writes to the client what node:http has no method for, or a slower one.
import type { ServerResponse } from 'node:http'

/**
 * Writes an interim response, such as 103 Early Hints, as node:http's own `writeEarlyHints` does; that one refuses Link
 * fields beyond a pattern of its own. Dropped where the response has to wait behind another one of its connection, and
 * for a client that does not read: any number may come, and nothing is lost with a hint.
 */
export function writeInterim(
  res: ServerResponse,
  status: number,
  reason: string,
  headers: readonly string[],
): void {
  const { socket } = res
  if (socket === null || socket.writableNeedDrain || res.headersSent) return
  let text = `HTTP/1.1 ${status} ${reason}\r\n`
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`
  socket.write(`${text}\r\n`, 'latin1')
}

/**
 * Writes head and body with one write(2) and ends the response. `res.end(body)` appends an empty chunk, which forces
 * writev; corking here avoids it (1 to 7 % of a request's CPU, bench/guard-shortcuts.js).
 *
 * @param text the body in Latin-1.
 */
export function writeWhole(res: ServerResponse, text: string): void {
  const { socket } = res
  socket?.cork()
  res.write(text, 'latin1')
  socket?.uncork()
  res.end()
}
