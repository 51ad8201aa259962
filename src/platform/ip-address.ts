// IP addresses: one spelling for each, and the subnets that one customer of a network holds.
import { ipaddr } from './ipaddr.ts'

/** Without the prefix that a socket for both families gives IPv4 (RFC 4291 section 2.5.5.2). */
export const unmapped = (address: string): string =>
  /^::ffff:\d+\.\d/i.test(address) ? address.slice(7) : address

/** One spelling for each address. */
export const canonicalAddress = (address: string): string => ipaddr.process(address).toString()

/** `127.0.0.0/8` and `::1`. */
export const isLoopbackAddress = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'

/**
 * The subnet that failures and connections are counted against: an IPv4 address alone, also where it is IPv4-mapped; of
 * IPv6 its /64, the least that a network gets (RFC 6177), in which anyone may take 2^64 addresses.
 *
 * @param bits of an IPv6 address that count, a multiple of 16.
 */
export function subnetOf(address: string, bits = 64): string {
  if (!address.includes(':') || !ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  if (parsed instanceof ipaddr.IPv4) return parsed.toString()
  const groups = parsed.parts.slice(0, bits / 16).map(group => group.toString(16))
  return `${groups.join(':')}::/${bits}`
}

/**
 * The network that a subnet belongs to, where it is plain who holds all of it: a /48 of IPv6, which is what one customer
 * may get (RFC 6177), and a /24 of IPv4, the smallest that is announced to the internet.
 */
export function networkOf(address: string): string {
  const subnet = subnetOf(address, 48)
  return subnet.includes(':') ? subnet : subnet.replace(/\.\d+$/, '.0/24')
}
