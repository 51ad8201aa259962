// Answers what could not be read as a request, or asks for a tunnel; the connection ends with it.
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { ignoreErrors } from '../proxy/upgrade.ts'

const phrases = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
} as const

/** The status of what has no response of its own. */
export type MalformedStatus = keyof typeof phrases

/** The status for an error of node's parser; undefined where the connection broke and nobody asked for anything. */
export function statusOfParserError({ code = '' }: NodeJS.ErrnoException): MalformedStatus | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408
  return code.startsWith('HPE_') ? 400 : undefined
}

/**
 * Ends the connection with an answer.
 *
 * @returns the bytes of its body; undefined where none was sent, for one that was under way is cut instead.
 */
export function rejectMalformedRequest(socket: Duplex, status: MalformedStatus): number | undefined {
  ignoreErrors(socket)
  if (!socket.writable) {
    // it has its last answer, and was read on for the rest of a body that cannot come any more
    leave(socket)
    return undefined
  }
  const body = `${status} ${phrases[status]}\n`
  const answer = `HTTP/1.1 ${status} ${phrases[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  // node:http keeps the response under way there; bytes of ours in the middle of it would be taken for its body
  const { _httpMessage: pending } = socket as { _httpMessage?: ServerResponse | null }
  if (!pending) end(socket, answer)
  else if (pending.writableEnded) pending.once('finish', () => end(socket, ''))
  else socket.destroy()
  return pending ? undefined : body.length
}

function end(socket: Duplex, text: string): void {
  socket.end(text)
  leave(socket)
}

/** Whoever goes on sending is not listened to. */
function leave(socket: Duplex): void {
  setTimeout(() => socket.destroy(), 1000).unref()
}
