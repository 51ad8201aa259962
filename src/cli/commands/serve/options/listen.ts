// Options of `htpasswd serve` under "Where to listen": the address, HTTPS, and the path below which the app is served.
import { checkPrefix } from '../../../../http/guard/route.ts'
import { text, wholeNumber } from '../../../options/table.ts'
import { readHostName } from '../https/names.ts'
import { readGuardAddress, readHost } from '../listen/address.ts'
import { checked, type ServeOptionTable } from './row.ts'

const group = 'Where to listen:'

const mode = (value: string): number => {
  if (/^0?[0-7]{3}$/.test(value)) return Number.parseInt(value, 8)
  throw new Error(`expected permissions such as 660 or 666, got "${value}"`)
}

export const whereToListen = {
  listen: {
    group,
    argument: '[HOST:]PORT',
    repeatable: true,
    describe:
      'address to listen on, or unix:/run/guard.sock (repeatable); 0.0.0.0 is every IPv4 address, and the port 8080 if none is given',
    default: '127.0.0.1:8080',
    read: readGuardAddress,
  },
  host: {
    group,
    argument: 'HOST',
    describe: 'the host of --listen alone, such as 0.0.0.0',
    read: readHost,
  },
  port: {
    group,
    argument: 'PORT',
    alias: 'p',
    describe: 'the port of --listen alone',
    read: wholeNumber(0, 65535),
  },
  'socket-mode': {
    group,
    argument: 'MODE',
    describe: 'the permissions of a Unix socket of --listen, in octal',
    default: '660',
    read: mode,
  },
  https: {
    group,
    describe: 'serve HTTPS with a certificate that is made here; "htpasswd trust" makes browsers accept it',
  },
  'https-name': {
    group,
    argument: 'NAME',
    repeatable: true,
    describe: 'a further name or address of this machine for that certificate (repeatable)',
    read: readHostName,
  },
  'redirect-http': {
    group,
    argument: 'PORT',
    optionalArgument: '80',
    describe: 'redirect plain HTTP on this port, by default 80, to HTTPS',
    read: wholeNumber(0, 65_535),
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
    read: checked(checkPrefix),
    guard: 'prefix',
  },
} as const satisfies ServeOptionTable
