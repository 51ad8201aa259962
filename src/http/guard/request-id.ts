// The id of a request, which connects the lines in the logs of a proxy in front, the guard and the app.
import { randomBytes } from 'node:crypto'

const USABLE = /^[\w.:@+=/-]{1,128}$/

// a counter after a random prefix costs next to nothing, and two processes never give the same id
const prefix = randomBytes(9).toString('base64url')
let count = 0

/** The id that a trusted proxy sent, if it is short and printable; otherwise a new one. */
export const requestIdOf = (sent: string | readonly string[] | undefined, isProxied: boolean): string =>
  isProxied && typeof sent === 'string' && USABLE.test(sent) ? sent : `${prefix}-${(++count).toString(36)}`
