// The id of a request, by which the lines of a proxy's log, of the guard's and of the app's are found together.
import { randomBytes } from 'node:crypto'

const USABLE = /^[\w.:@+=/-]{1,128}$/

// counting on from a random start costs a request next to nothing, and two processes never give the same id
const prefix = randomBytes(9).toString('base64url')
let count = 0

/** The id that a trusted proxy sent, where it can be a value of the log; otherwise a new one. */
export const requestIdOf = (sent: string | readonly string[] | undefined, isProxied: boolean): string =>
  isProxied && typeof sent === 'string' && USABLE.test(sent) ? sent : `${prefix}-${(++count).toString(36)}`
