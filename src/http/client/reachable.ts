// Checks whether a server accepts connections, without sending a request.
import { connect } from 'node:net'
import { createLookup } from './address-lookup.ts'
import { type ConnectTarget, targetOf } from './upstream-url.ts'

/** Whether anything accepts a connection there; the addresses of a name are those that the guard itself tries. */
export const answers = async (target: ConnectTarget, limitMs = 1000): Promise<boolean> =>
  (await connectionFailure(target, limitMs)) === undefined

/** Why nothing accepts a connection there, as the system's error code or `ETIMEDOUT`; undefined if something does. */
export function connectionFailure(target: ConnectTarget, limitMs = 1000): Promise<string | undefined> {
  return new Promise(resolve => {
    const socket = connect({ ...target, lookup: createLookup(), autoSelectFamily: true })
    const finish = (failure: string | undefined): void => {
      socket.destroy()
      resolve(failure)
    }
    socket.setTimeout(limitMs, () => finish('ETIMEDOUT'))
    socket.once('connect', () => finish(undefined))
    socket.once('error', ({ code = 'EIO' }: NodeJS.ErrnoException) => finish(code))
  })
}

const attempts = new Map<string, Promise<boolean>>()

/** As `answers`; concurrent callers share one connection, so that a client cannot cause many. */
export function isReachable(upstream: URL): Promise<boolean> {
  const running = attempts.get(upstream.href)
  if (running !== undefined) return running
  const attempt = answers(targetOf(upstream))
  attempts.set(upstream.href, attempt)
  void attempt.then(() => attempts.delete(upstream.href))
  return attempt
}
