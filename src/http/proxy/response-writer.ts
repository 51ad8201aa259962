// Writes to the client where node:http has no method, or only a slower one.
import type { ServerResponse } from 'node:http'

/**
 * Writes an interim response, such as 103 Early Hints. node:http's own `writeEarlyHints` rejects Link fields that do
 * not match a pattern of its own. A hint is dropped if the response waits behind another one of its connection, and if
 * the client does not read: any number of hints may come, and none is needed.
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
