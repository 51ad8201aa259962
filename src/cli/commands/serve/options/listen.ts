// Options of `htpasswd serve` under "Where to listen": the address, HTTPS, and the path below which the app is served.
import { text } from '../../../options/table.ts'
import { readAddress } from '../address.ts'
import type { ServeOptionTable } from './row.ts'

const group = 'Where to listen:'

export const whereToListen = {
  listen: {
    group,
    argument: '[HOST:]PORT',
    describe: 'address to listen on; 0.0.0.0:8080 is every IPv4 address',
    default: '127.0.0.1:8080',
    read: readAddress,
  },
  'tls-cert': {
    group,
    argument: 'FILE',
    describe: 'serve HTTPS with this certificate chain (PEM; read again when it changes)',
    read: text,
  },
  'tls-key': {
    group,
    argument: 'FILE',
    describe: 'the private key of --tls-cert (PEM)',
    read: text,
  },
  prefix: {
    group,
    argument: 'PATH',
    describe: 'serve the app below this path, such as /mlflow',
    read: text,
    guard: 'prefix',
  },
} as const satisfies ServeOptionTable
