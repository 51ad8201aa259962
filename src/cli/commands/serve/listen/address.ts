// Addresses of the guard: parsing --listen, what is loopback, which of this machine's addresses others can reach.
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { hostOf, parseUpstreamUrl, portOf, socketPathOf } from '../../../../http/client/upstream-url.ts'
import { isLoopbackAddress } from '../../../../platform/ip-address.ts'
import { readSocketName, socketName } from '../../../../platform/unix-socket.ts'

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** A Unix socket. */
export interface SocketAddress {
  readonly path: string
}

/** An address that a guard can listen on. */
export type GuardAddress = ListenAddress | SocketAddress

export const isSocket = (address: GuardAddress): address is SocketAddress => 'path' in address
export const isPort = (address: GuardAddress): address is ListenAddress => !isSocket(address)

const DEFAULT_PORT = 8080

/** A host without a port: `0.0.0.0`, `localhost`, `[::]`, `::`, `*`. */
const isHost = (text: string): boolean =>
  isIP(text.replace(/^\[(.*)\]$/, '$1')) !== 0 || /^(\*|[a-z][\w-]*(\.[\w-]+)*)$/i.test(text)

/** `8080`, `0.0.0.0:8080`, `[::]:8080`, `myhost:8080`, `*:8080`; without a port it is 8080. */
export function readAddress(text: string): ListenAddress {
  // IPv6 needs its brackets here: ::1:8080 is an address as a whole
  if (isHost(text) && isIP(text) !== 6) return { host: readHost(text), port: DEFAULT_PORT }
  const match = /^(?:(\[[^\]]*\]|[^:]*):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  const host = match?.[1]?.replace(/^\[(.*)\]$/, '$1') ?? '127.0.0.1'
  if (match === null || host === '' || port > 65535) {
    const example = text.startsWith(':')
      ? `0.0.0.0${text} for every address`
      : '8080, 0.0.0.0:8080 or [::]:8080'
    throw new Error(`expected [HOST:]PORT such as ${example}, got "${text}"`)
  }
  return { host: host === '*' ? '::' : host, port }
}

/** As `readAddress`, and `unix:/run/guard.sock`. */
export function readGuardAddress(text: string): GuardAddress {
  const path = readSocketName(text)
  return path === undefined ? readAddress(text) : { path }
}

/** A host to listen on. */
export function readHost(text: string): string {
  if (!isHost(text)) throw new Error(`expected a host such as 0.0.0.0, [::] or localhost, got "${text}"`)
  const host = text.replace(/^\[(.*)\]$/, '$1')
  return host === '*' ? '::' : host
}

/** The URL of the app: a port alone is on this machine, and a host with a port speaks HTTP. */
export function readUpstream(text: string): URL {
  if (/^\d{1,5}$/.test(text)) return parseUpstreamUrl(`http://localhost:${text}`)
  const isHostAndPort = /^(\[[\da-f:.]+\]|[\w.-]+):\d{1,5}\/?$/i.test(text)
  return parseUpstreamUrl(isHostAndPort ? `http://${text}` : text)
}

/** Whether only this machine reaches it. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  return isLoopbackAddress(name)
}

export const isEveryAddress = (host: string): boolean => host === '0.0.0.0' || host === '::'

/** The addresses of this machine that others may reach, IPv4 first; link-local ones need a zone and are left out. */
export function outsideAddresses(interfaces = networkInterfaces()): string[] {
  const all = Object.values(interfaces).flatMap(list => list ?? [])
  const outside = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80'))
  return outside.sort((a, b) => a.family.localeCompare(b.family)).map(({ address }) => address)
}

/** IPv6 in brackets, without the scheme's default port. */
export function urlOf(scheme: 'http' | 'https', host: string, port: number): string {
  return `${scheme}://${bracketed(host)}${port === (scheme === 'http' ? 80 : 443) ? '' : `:${port}`}`
}

/** The address in the form of --listen. */
export const nameOfAddress = (address: GuardAddress): string =>
  isSocket(address) ? socketName(address.path) : `${bracketed(address.host)}:${address.port}`

const bracketed = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host)

/** The URL of an address; for a socket its name. */
export const urlOfAddress = (scheme: 'http' | 'https', address: GuardAddress): string =>
  isSocket(address) ? socketName(address.path) : urlOf(scheme, address.host, address.port)

/** The URLs at which a browser reaches the guard; for a socket its name. */
export function reachableUrls(
  scheme: 'http' | 'https',
  address: GuardAddress,
  outside = outsideAddresses(),
): string[] {
  if (isSocket(address)) return [socketName(address.path)]
  const { host, port } = address
  if (!isEveryAddress(host)) return [urlOf(scheme, host, port)]
  const reached = host === '::' ? outside : outside.filter(address => isIP(address) === 4)
  return ['127.0.0.1', ...reached].map(address => urlOf(scheme, address, port))
}

/** Whether the upstream is the guard's own address: every request would be forwarded in a loop. */
export function isItself(
  upstream: URL,
  listen: GuardAddress,
  outside = outsideAddresses(),
  machine = hostname().toLowerCase(),
): boolean {
  const path = socketPathOf(upstream)
  if (isSocket(listen) || path !== undefined) return isSocket(listen) && listen.path === path
  if (portOf(upstream) !== listen.port) return false
  const host = hostOf(upstream)
  if (host === listen.host || (isLoopback(host) && isLoopback(listen.host))) return true
  const named = host === machine || host === `${machine}.local`
  const own = isLoopback(host) || isEveryAddress(host) || outside.includes(host) || named
  return own && (isEveryAddress(listen.host) || isEveryAddress(host))
}
