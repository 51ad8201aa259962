// IP addresses: one spelling for each, and the subnets that one customer of a network holds. By Node's own parsers: to
// import `ipaddr.js`, a CommonJS package, takes 8 MB of each process.
import { isIP } from 'node:net'

/** Without the prefix that a socket for both families gives IPv4 (RFC 4291 section 2.5.5.2). */
export const unmapped = (address: string): string =>
  /^::ffff:\d+\.\d/i.test(address) ? address.slice(7) : address

/** One spelling for each address, without its zone; an IPv4-mapped one is written as IPv4. */
export const canonicalAddress = (address: string): string =>
  isIP(address) === 6 ? (mappedIpv4(groupsOf(address)) ?? hostnameOf(address)) : address

/** `127.0.0.0/8` and `::1`. */
export function isLoopbackAddress(address: string): boolean {
  const canonical = canonicalAddress(address)
  return canonical === '::1' || (isIP(canonical) === 4 && canonical.startsWith('127.'))
}

/** The parser of URLs reads every spelling of IPv6, and writes one (RFC 5952). */
const hostnameOf = (address: string): string =>
  new URL(`http://[${address.replace(/%.*$/s, '')}]`).hostname.slice(1, -1)

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [first = [], last = []] = hostnameOf(address)
    .split('::')
    .map(part => part.split(':').filter(group => group !== ''))
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return [...first, ...zeros, ...last].map(group => Number.parseInt(group, 16))
}

/** Of an IPv4-mapped address, `::ffff:0:0/96`, the IPv4 address. */
function mappedIpv4(groups: readonly number[]): string | undefined {
  const [high = 0, low = 0] = groups.slice(6)
  if (groups.slice(0, 6).join() !== '0,0,0,0,0,65535') return undefined
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/**
 * The subnet that failures and connections are counted against: an IPv4 address alone, also where it is IPv4-mapped; of
 * IPv6 its /64, the least that a network gets (RFC 6177), in which anyone may take 2^64 addresses.
 *
 * @param bits of an IPv6 address that count, a multiple of 16.
 */
export function subnetOf(address: string, bits = 64): string {
  if (isIP(address) !== 6) return address
  const parsed = groupsOf(address)
  const ipv4 = mappedIpv4(parsed)
  if (ipv4 !== undefined) return ipv4
  const groups = parsed.slice(0, bits / 16).map(group => group.toString(16))
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
