// What is wrong with how the app itself is reachable: not at all, or past the guard, where nobody needs a password.
import { portOf } from '../../../http/client/upstream-url.ts'
import { isLoopback, outsideAddresses, urlOf } from './address.ts'
import { answers } from './app-process.ts'

const LIMIT_MS = 300

/** @param asked whether the app was started with an address beyond loopback. */
export async function upstreamWarnings(
  upstream: URL,
  asked: boolean,
  { outside = outsideAddresses(), probe = answers } = {},
): Promise<string[]> {
  const port = portOf(upstream)
  const warnings = (await probe(upstream.hostname, port, LIMIT_MS))
    ? []
    : [`nothing answers at ${upstream.origin} yet; visitors get 502 until the app is there`]
  if (!isLoopback(upstream.hostname)) {
    warnings.push(
      `the app at ${upstream.origin} is on another address: make sure that nobody but the guard reaches it, ` +
        'for it asks for no password itself',
    )
    return warnings
  }
  const found = await Promise.all(outside.map(address => probe(address, port, LIMIT_MS)))
  const open = outside.filter((_, i) => found[i])
  if (open.length === 0 && !asked) return warnings
  const where =
    open.length > 0
      ? `at ${open.map(address => urlOf('http', address, port)).join(', ')}`
      : 'from other machines'
  warnings.push(
    `the app is reachable past the guard, without a password, ${where}: start it with --host 127.0.0.1`,
  )
  return warnings
}
