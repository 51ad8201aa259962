// The names that the certificate of `--https` is for: this machine's, and those of --https-name.
import { BlockList, isIP } from 'node:net'
import { hostname } from 'node:os'
import { domainToASCII } from 'node:url'
import { canonicalAddress } from '../../../../platform/ip-address.ts'
import { outsideAddresses } from '../listen/address.ts'

/** The names and addresses of this machine on its networks. */
export interface Machine {
  readonly hostname: string
  /** The addresses that other machines may reach. */
  readonly addresses: readonly string[]
}

export const thisMachine = (): Machine => ({ hostname: hostname(), addresses: outsideAddresses() })

const HOST_NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/

/** The argument of --https-name. */
export function readHostName(text: string): string {
  const name = isIP(text) ? canonicalAddress(text) : domainToASCII(text)
  if (isIP(name) || HOST_NAME.test(name)) return name
  throw new Error(`expected a host name or an IP address such as mlflow.lan, got "${text}"`)
}

/** The names by which visitors may reach this machine: localhost, its host names and its addresses. */
export function machineNames({ hostname, addresses }: Machine): string[] {
  const name = hostname.toLowerCase()
  const [short = ''] = name.split('.')
  // multicast DNS (RFC 6762) announces a machine as SHORT.local
  const names = HOST_NAME.test(name) ? [name, short, `${short}.local`] : []
  return [...new Set(['localhost', ...names, '127.0.0.1', '::1', ...addresses.map(canonicalAddress)])]
}

/** Domains and networks that contain no public servers. */
const PRIVATE = [
  ...['localhost', 'local', 'internal', 'lan', 'home.arpa'],
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'],
  ...['::1/128', 'fc00::/7', 'fe80::/10'],
]

/**
 * The names that the certificate authority may sign for: private domains and networks, the machine's own domain and the
 * wanted names. If its key is stolen, visitors who trust it can be deceived about these only.
 */
export function permittedFor(machine: Machine, wanted: readonly string[]): string[] {
  const domain = machine.hostname.toLowerCase().replace(/^[^.]*\.?/, '')
  // a domain of one label, such as com, does not belong to the machine
  const own = HOST_NAME.test(domain) && domain.includes('.') ? [domain] : []
  const all = [...PRIVATE, ...own]
  const more = [...machineNames(machine), ...wanted].filter(name => !isPermitted(name, all))
  return [...all, ...more.map(name => (isIP(name) ? `${name}/${isIP(name) === 4 ? 32 : 128}` : name))]
}

/** RFC 5280 section 4.2.1.10: a domain permits itself and what is below it. */
export function isPermitted(name: string, permitted: readonly string[]): boolean {
  const family = isIP(name)
  if (family === 0) return permitted.some(domain => name === domain || name.endsWith(`.${domain}`))
  const networks = new BlockList()
  for (const [network, bits] of permitted.map(entry => entry.split('/')))
    if (bits !== undefined)
      networks.addSubnet(network as string, Number(bits), isIP(network as string) === 4 ? 'ipv4' : 'ipv6')
  return networks.check(name, family === 4 ? 'ipv4' : 'ipv6')
}
