// What is wrong with how the app itself is reachable: whoever gets at it past the guard needs no password.
import { isLoopback, outsideAddresses, portOf, urlOf } from './serve-address.ts'
import { answers } from './serve-child.ts'

const LIMIT_MS = 300

/** @param asked whether the app was started with an address beyond loopback. */
export async function upstreamWarnings(
  upstream: URL,
  asked: boolean,
  { outside = outsideAddresses(), probe = answers } = {},
): Promise<string[]> {
  const port = portOf(upstream)
  if (!isLoopback(upstream.hostname)) {
    return [
      `the app at ${upstream.origin} is on another address: make sure that nobody but the guard reaches it, ` +
        'for it asks for no password itself',
    ]
  }
  const found = await Promise.all(outside.map(address => probe(address, port, LIMIT_MS)))
  const open = outside.filter((_, i) => found[i])
  if (open.length === 0 && !asked) return []
  const where =
    open.length > 0
      ? `at ${open.map(address => urlOf('http', address, port)).join(', ')}`
      : 'from other machines'
  return [`the app is reachable past the guard, without a password, ${where}: start it with --host 127.0.0.1`]
}
