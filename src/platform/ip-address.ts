// The part of an address that one customer holds: what is counted against it must not be dodged by the next address.
import { isIPv6 } from 'node:net'

/**
 * IPv4 as it is, also where it came IPv4-mapped (`::ffff:192.0.2.1`); IPv6 by its /64, the least that a network is
 * given (RFC 6177), in which anyone may take 2^64 addresses.
 */
export function addressBlock(address: string): string {
  const plain = unmapped(address)
  if (!isIPv6(plain)) return plain
  const [bare = plain] = plain.split('%')
  const [head = '', tail] = bare.split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? 0 : tail.split(':').length + (tail.includes('.') ? 1 : 0)
  // "::" stands for as many zero groups as are missing
  if (tail !== undefined) {
    const zeros = Math.max(0, 8 - groups.length - after)
    for (let i = 0; i < zeros; i++) groups.push('0')
    if (tail !== '') groups.push(...tail.split(':'))
  }
  return `${groups
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

/** An address without the prefix that a socket for both families gives IPv4 (RFC 4291 section 2.5.5.2). */
export const unmapped = (address: string): string =>
  /^::ffff:\d+\.\d/i.test(address) ? address.slice(7) : address
