// The side of a run that listens, in one process: authenticator, guard, certificate, access log.
import type { RequestListener } from 'node:http'
import type { Writable } from 'node:stream'
import { Authenticator } from '../../../auth/authenticator.ts'
import type { UserSource } from '../../../auth/user-source.ts'
import { formatAccessLogEntry } from '../../../http/guard/access-log.ts'
import { createGuard, type Guard } from '../../../http/guard/guard.ts'
import type { GuardOptions } from '../../../http/guard/options.ts'
import type { TlsWatch } from './certificate.ts'
import { DEMO_USER_HEADER, demoApp } from './demo.ts'
import { listen } from './listen.ts'
import { lineWriter } from './log-writer.ts'
import type { ServeValues } from './options.ts'

/** What listens: this process, or several. */
export interface Front {
  /** Resolves with the port. */
  listen(): Promise<number>
  /** Reads the certificate again. */
  reload(): void
  /** No new connections; requests under way may finish until the limit. */
  close(limitMilliseconds: number): Promise<void>
}

export interface FrontOptions {
  readonly users: UserSource
  readonly certificate: TlsWatch | undefined
  /** The app; without it the built-in demo page. */
  readonly upstream: URL | undefined
  readonly values: ServeValues
  readonly stdout: Writable
  readonly say: (text: string) => void
}

/** @throws HtpasswdError for options that have no sense together. */
export function openFront({ users, certificate, upstream, values, stdout, say }: FrontOptions): Front {
  const authenticator = new Authenticator(users, {
    // each process counts for itself: all together give no more tries than one
    maxFailures: Math.ceil(values['max-failures'] / values.workers),
    onError: error => say(`warning: ${error instanceof Error ? error.message : String(error)}`),
  })
  const userHeader = values['user-header'] ?? (upstream === undefined ? DEMO_USER_HEADER : undefined)
  const app: URL | RequestListener = upstream ?? demoApp(userHeader)
  const guard: Guard = createGuard({
    authenticator,
    upstream: app,
    userHeader,
    tls: certificate?.pair,
    log: accessLog(values.log, stdout),
    ...guardOptions(values),
  })
  certificate?.onChange(pair => guard.setCertificate(pair))
  return {
    listen: async () => {
      const { port } = await listen(guard.server, values.listen)
      // such as no file handle left for one more connection; those that are open go on
      guard.server.on('error', error => say(`warning: ${error.message}`))
      return port
    },
    reload: () => certificate?.reload(),
    close: async limit => {
      certificate?.[Symbol.dispose]()
      await guard.close(limit)
      await authenticator[Symbol.asyncDispose]()
    },
  }
}

function accessLog(format: ServeValues['log'], stdout: Writable): GuardOptions['log'] {
  if (format === 'off') return undefined
  const write = lineWriter(stdout)
  return entry => write(formatAccessLogEntry(entry, format))
}

function guardOptions(
  values: ServeValues,
): Omit<GuardOptions, 'authenticator' | 'upstream' | 'userHeader' | 'tls' | 'log'> {
  return {
    realm: values.realm,
    allowPaths: values['allow-path'],
    allowOrigins: values['allow-origin'],
    prefix: values.prefix,
    forwardAuth: values['forward-auth'],
    preserveHost: values['preserve-host'],
    trustProxy: values['trust-proxy'],
    upstreamTimeout: values['upstream-timeout'] * 1000,
  }
}
