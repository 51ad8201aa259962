// Whether a server accepts connections, without a request to it.
import { connect } from 'node:net'
import { createLookup } from './address-lookup.ts'
import { hostOf, portOf } from './upstream-url.ts'

/** Whether anything accepts a connection there; the addresses of a name are those that the guard itself tries. */
export function answers(host: string, port: number, limitMs = 1000): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port, lookup: createLookup(), autoSelectFamily: true })
    const finish = (result: boolean): void => {
      socket.destroy()
      resolve(result)
    }
    socket.setTimeout(limitMs, () => finish(false))
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}

const attempts = new Map<string, Promise<boolean>>()

/** As `answers`; callers at the same time share one connection, so that nobody can make many. */
export function isReachable(upstream: URL): Promise<boolean> {
  const running = attempts.get(upstream.href)
  if (running !== undefined) return running
  const attempt = answers(hostOf(upstream), portOf(upstream))
  attempts.set(upstream.href, attempt)
  void attempt.then(() => attempts.delete(upstream.href))
  return attempt
}
