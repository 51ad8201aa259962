// Finds the addresses of the upstream's host.
import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

const LOOPBACK = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]

/**
 * Resolves the app's name: `localhost` is 127.0.0.1, then ::1 (RFC 6761 section 6.3), whatever the hosts file says; for
 * other names the IPv4 addresses come first. node:net tries one after the other. 127.0.0.1 comes first because apps
 * trust X-Forwarded-For from there, and seldom from ::1.
 */
export function createLookup(resolve: typeof systemLookup = systemLookup): LookupFunction {
  return (hostname, _options, callback) => {
    if (hostname === 'localhost') callback(null, LOOPBACK)
    else resolve(hostname, { all: true, order: 'ipv4first' }, callback)
  }
}
