// The client's address, scheme and host. The headers of a proxy in front count only if the proxy is trusted.
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, type Socket } from 'node:net'
import { HtpasswdError } from '../../errors.ts'
import { unmapped } from '../../platform/ip-address.ts'

/** The client of a request. */
export interface ClientFacts {
  /** Without port and without `::ffff:`; `unix` for a peer on a Unix socket; never empty. */
  readonly address: string
  /** `http` or `https`, as the client connected. */
  readonly scheme: string
  /** The authority that the client asked for: `192.168.1.20:8080`. */
  readonly host: string
  /** Whether the connection comes from a trusted proxy. */
  readonly proxied: boolean
}

/** Finds the client of a request. */
type FindClient = (req: Pick<IncomingMessage, 'socket' | 'headers'>) => ClientFacts

/**
 * Makes the function that finds a request's client.
 *
 * @param trustProxy addresses and CIDR blocks, `10.0.0.0/8` or `fd00::/8`, `loopback`, `private` and `unix`; also several in one text, with commas.
 * @param tls whether the guard itself serves HTTPS.
 * @param onUntrusted gets the address of a peer that sends X-Forwarded-For and is not trusted.
 * @throws HtpasswdError `ERR_OPTION` for an invalid address or block.
 */
export function createClientFacts(
  trustProxy: readonly string[],
  tls: boolean,
  onUntrusted: (peer: string) => void = () => {},
): FindClient {
  const isTrusted = createIsTrusted(trustProxy)
  const scheme = tls ? 'https' : 'http'
  return req => {
    const peer = peerOf(req.socket) ?? '0.0.0.0'
    const host = req.headers.host ?? ''
    if (trustProxy.length === 0 || !isTrusted(peer)) {
      if (req.headers['x-forwarded-for'] !== undefined) onUntrusted(peer)
      return { address: peer, scheme, host, proxied: false }
    }
    // each proxy appends its peer's address, so the first untrusted address from the right is the client
    const forwardedFor = req.headers['x-forwarded-for']
    const hops = forwardedFor === undefined ? [] : text(forwardedFor).split(',')
    let address = peer
    for (let i = hops.length - 1; i >= 0; i--) {
      const hop = withoutPort(hops[i] ?? '')
      if (isIP(hop) === 0) break
      address = hop
      if (!isTrusted(hop)) break
    }
    const proto = last(text(req.headers['x-forwarded-proto']))
    const publicHost = last(text(req.headers['x-forwarded-host'])) || host
    const isScheme = proto === 'http' || proto === 'https'
    return { address, scheme: isScheme ? proto : scheme, host: publicHost, proxied: true }
  }
}

/** What stands for the address of all peers on Unix sockets, which have none. */
const UNIX_PEER = 'unix'

/**
 * The address of a peer; undefined for a TCP connection that was reset, whose own end still has one. On a Unix socket
 * neither end has.
 */
export function peerOf({
  remoteAddress,
  localAddress,
}: Pick<Socket, 'remoteAddress' | 'localAddress'>): string | undefined {
  if (remoteAddress !== undefined) return unmapped(remoteAddress)
  return localAddress === undefined ? UNIX_PEER : undefined
}

/**
 * How many checked addresses are remembered: a lookup in a BlockList takes 1.5 µs, a tenth of the time of the auth
 * endpoint.
 */
const MAX_REMEMBERED = 10_000

function createIsTrusted(trustProxy: readonly string[]): (address: string) => boolean {
  const { blocks, names } = readTrustProxy(trustProxy)
  const trustsUnixPeers = names.includes(UNIX_PEER)
  const known = new Map<string, boolean>()
  return address => {
    if (address === UNIX_PEER) return trustsUnixPeers
    const before = known.get(address)
    if (before !== undefined) return before
    const family = isIP(address)
    const isTrusted = family !== 0 && blocks.check(address, family === 6 ? 'ipv6' : 'ipv4')
    if (known.size === MAX_REMEMBERED) known.clear()
    known.set(address, isTrusted)
    return isTrusted
  }
}

const text = (value: string | string[] | undefined): string =>
  Array.isArray(value) ? value.join(',') : (value ?? '')
const last = (list: string): string => (list.split(',').at(-1) ?? '').trim().toLowerCase()

/** An address of the list without its port; with a port, IPv6 is in brackets (RFC 7239 section 6). */
function withoutPort(hop: string): string {
  const trimmed = hop.trim()
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(trimmed)?.[1]
  return unmapped(bracketed ?? trimmed.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1'))
}

/** Scheme and authority as browsers write an origin: lower case, no default port (RFC 6454 section 6). */
export function originOf({ scheme, host }: Pick<ClientFacts, 'scheme' | 'host'>): string {
  const lower = host.toLowerCase()
  const plain = lower.endsWith(scheme === 'https' ? ':443' : ':80')
    ? lower.slice(0, lower.lastIndexOf(':'))
    : lower
  return `${scheme}://${plain}`
}

/** Named blocks that are not reachable over the Internet: RFC 1122, RFC 1918, RFC 4193. */
const NAMED_BLOCKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** Checks an item of `trustProxy`. @throws HtpasswdError `ERR_OPTION` for anything but addresses, blocks and names. */
export function checkTrustProxy(item: string): string {
  readTrustProxy([item])
  return item
}

function readTrustProxy(items: readonly string[]) {
  const names = items.flatMap(item => item.split(',')).map(name => name.trim())
  const list = new BlockList()
  for (const block of names.flatMap(name => (name === UNIX_PEER ? [] : (NAMED_BLOCKS[name] ?? [name])))) {
    const [address = '', bits, ...rest] = block.split('/')
    const family = isIP(address)
    const longest = family === 6 ? 128 : 32
    if (
      family === 0 ||
      rest.length > 0 ||
      (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= longest))
    ) {
      throw new HtpasswdError(
        'ERR_OPTION',
        `"trustProxy" expected addresses, CIDR blocks such as 10.0.0.0/8, "loopback", "private" or "unix", got ${JSON.stringify(block)}`,
      )
    }
    list.addSubnet(address, bits === undefined ? longest : Number(bits), family === 6 ? 'ipv6' : 'ipv4')
  }
  return { blocks: list, names }
}
