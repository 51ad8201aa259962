// The options of a guard: their types, and the one place where they are checked.
import type { RequestListener } from 'node:http'
import { Authenticator } from '../../auth/authenticator.ts'
import { HtpasswdError, rejectUnknownKeys } from '../../errors.ts'
import { parseUpstreamUrl } from '../client/upstream-url.ts'
import { checkUserHeader } from '../proxy/identity-headers.ts'
import type { AccessLogEntry } from './access-log.ts'
import { checkAllowPath, checkPrefix } from './route.ts'

/** What HTTPS is served with, as PEM text. */
export interface TlsCertificate {
  /** The server's certificate first, then its chain. */
  readonly cert: string | Buffer
  /** The private key of the first one, without a passphrase. */
  readonly key: string | Buffer
}

/** What a guard protects and how; `authenticator` and `upstream` are needed, the rest has defaults. */
export interface GuardOptions {
  /** Who is let in. The guard does not end it: dispose of it after `close`. */
  readonly authenticator: Authenticator
  /** The app: its `http:` or `https:` origin, or a listener of this process that gets what an upstream would get. */
  readonly upstream: string | URL | RequestListener
  /** The realm of the challenge, what a login prompt may show. Default: `Restricted`. */
  readonly realm?: string | undefined
  /** Serves HTTPS with this certificate. */
  readonly tls?: TlsCertificate | undefined
  /** Paths open without login: compared exactly with the request's path, GET and HEAD only. Default: none. */
  readonly allowPaths?: readonly string[] | undefined
  /** Further origins (`https://notebook.example`) whose pages may use the app with a user's login. Default: none. */
  readonly allowOrigins?: readonly string[] | undefined
  /** Where the app is mounted: `/mlflow` takes that off the path before it goes up. Default: none. */
  readonly prefix?: string | undefined
  /** A header that tells the app the user's name, such as `X-Forwarded-User`. Default: none is sent. */
  readonly userHeader?: string | undefined
  /** Passes `Authorization` on to the app. Default: false, for the app could hand the password on. */
  readonly forwardAuth?: boolean | undefined
  /** Passes the client's `Host` on, instead of the upstream's own. Default: false. */
  readonly preserveHost?: boolean | undefined
  /** Addresses and CIDR blocks of proxies in front, whose `X-Forwarded-*` is believed. Default: none. */
  readonly trustProxy?: readonly string[] | undefined
  /**
   * Milliseconds in which the app may neither take a byte of a body that waits for it nor send one of its answer; 0 is
   * for ever. Default: 0. A client that pauses costs the app no time.
   */
  readonly upstreamTimeout?: number | undefined
  /** Connections an address may hold open without having logged in on them; 0 is no limit. Default: 100. */
  readonly maxConnectionsPerAddress?: number | undefined
  /** Called once for each finished request; what it throws becomes a warning of the process. Default: nothing is logged. */
  readonly log?: ((entry: AccessLogEntry) => void) | undefined
}

/** The options with their defaults, copied and checked. */
export interface ResolvedGuardOptions {
  readonly authenticator: Authenticator
  readonly upstream: URL | RequestListener
  readonly realm: string
  readonly tls: TlsCertificate | undefined
  readonly allowPaths: ReadonlySet<string>
  readonly allowOrigins: ReadonlySet<string>
  readonly prefix: string
  readonly userHeader: string | undefined
  readonly forwardAuth: boolean
  readonly preserveHost: boolean
  readonly trustProxy: readonly string[]
  readonly upstreamTimeout: number
  readonly maxConnectionsPerAddress: number
  readonly log: ((entry: AccessLogEntry) => void) | undefined
}

const known: readonly (keyof GuardOptions)[] = [
  'authenticator',
  'upstream',
  'realm',
  'tls',
  'allowPaths',
  'allowOrigins',
  'prefix',
  'userHeader',
  'forwardAuth',
  'preserveHost',
  'trustProxy',
  'upstreamTimeout',
  'maxConnectionsPerAddress',
  'log',
]

/** @throws HtpasswdError `ERR_OPTION` for an option that is missing, unknown or has no sense. */
export function resolveGuardOptions(options: GuardOptions): ResolvedGuardOptions {
  rejectUnknownKeys('GuardOptions', options, known)
  const { authenticator, upstream, userHeader } = options
  if (!(authenticator instanceof Authenticator)) {
    throw new HtpasswdError('ERR_OPTION', '"authenticator" expected an Authenticator')
  }
  if (upstream === undefined) {
    throw new HtpasswdError(
      'ERR_OPTION',
      '"upstream" expected a URL such as http://127.0.0.1:5000, or a request listener',
    )
  }
  return {
    authenticator,
    upstream: typeof upstream === 'function' ? upstream : parseUpstreamUrl(upstream, '"upstream"'),
    realm: options.realm ?? 'Restricted',
    tls: options.tls,
    allowPaths: new Set((options.allowPaths ?? []).map(checkAllowPath)),
    allowOrigins: new Set((options.allowOrigins ?? []).map(checkOrigin)),
    prefix: checkPrefix(options.prefix ?? ''),
    userHeader: userHeader === undefined ? undefined : checkUserHeader(userHeader),
    forwardAuth: options.forwardAuth ?? false,
    preserveHost: options.preserveHost ?? false,
    trustProxy: [...(options.trustProxy ?? [])],
    upstreamTimeout: checkNumber('upstreamTimeout', options.upstreamTimeout ?? 0),
    maxConnectionsPerAddress: checkNumber(
      'maxConnectionsPerAddress',
      options.maxConnectionsPerAddress ?? 100,
    ),
    log: options.log,
  }
}

function checkNumber(name: string, value: number): number {
  // timers end at 2^31 ms
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 31) {
    throw new HtpasswdError(
      'ERR_OPTION',
      `"${name}" expected an integer from 0 to ${2 ** 31 - 1}, got ${String(value)}`,
    )
  }
  return value
}

function checkOrigin(origin: string): string {
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  // "null" is what sandboxed pages of anybody send; a wildcard would be everybody
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.origin !== origin.toLowerCase().replace(/\/$/, '')
  ) {
    throw new HtpasswdError(
      'ERR_OPTION',
      `"allowOrigins" expected origins like https://notebook.example, got ${JSON.stringify(origin)}`,
    )
  }
  return url.origin
}
