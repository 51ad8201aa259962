// The listening part of one process: authenticator, guard, certificate, access log.

import type { Server } from 'node:net'
import type { Writable } from 'node:stream'
import { Authenticator } from '../../../../auth/authenticator.ts'
import type { AttemptLimiter } from '../../../../auth/throttle.ts'
import { TokenAuthenticator } from '../../../../auth/tokens/token-authenticator.ts'
import type { MemorySource } from '../../../../auth/user-source.ts'
import { Verifier } from '../../../../auth/verifier.ts'
import { formatAccessLogEntry } from '../../../../http/guard/access-log.ts'
import { createGuard, type Guard } from '../../../../http/guard/guard.ts'
import type { GuardOptions } from '../../../../http/guard/options.ts'
import { DEMO_USER_HEADER, demoApp } from '../app/demo.ts'
import type { Permissions } from '../login/permissions.ts'
import { openExternalSignIn, openJwt } from '../login/provider.ts'
import type { SignIn } from '../login/sessions.ts'
import type { LiveTokens } from '../login/tokens.ts'
import type { Snapshot } from '../metrics/snapshot.ts'
import { guardOptions, type ServeValues } from '../options.ts'
import type { ReloadedOptions } from '../processes/reload.ts'
import type { GuardAddress } from './address.ts'
import type { TlsWatch } from './certificate.ts'
import { listenAt } from './listen.ts'
import { LogFile } from './log-file.ts'
import { lineWriter } from './log-writer.ts'
import { activatedSockets } from './port.ts'

/** This process, or several workers. */
export interface Listener {
  /** Resolves with the addresses, with their real ports. */
  listen(): Promise<readonly GuardAddress[]>
  /** Reads the certificate again, and applies changed options. */
  reload(options?: ReloadedOptions): void
  /** The counts of each process that serves requests, in the order of their numbers. */
  snapshots(): Promise<readonly Snapshot[]>
  /** Reopens the file of the access log after another program has moved it. */
  reopenLog(): void
  /** Has the readiness endpoint say 503, and connections end with their next response. */
  drain(): void
  /** Sets why `/.htpasswd/ready` says 503 although this process is ready; undefined for no reason. */
  setObstacle(obstacle: string | undefined): void
  /** Accepts no new connections; requests in flight may finish until the limit. */
  close(limitMilliseconds: number): Promise<void>
}

export interface ListenerOptions {
  readonly users: MemorySource
  readonly tokens: LiveTokens
  readonly certificate: TlsWatch | undefined
  /** The app; undefined for the built-in demo page, and if only other proxies ask. */
  readonly upstream: URL | undefined
  /** The permissions of the users. */
  readonly permissions: Permissions
  /** The sign-in page; undefined without one. */
  readonly signIn?: SignIn | undefined
  readonly values: ServeValues
  readonly stdout: Writable
  readonly notify: (text: string) => void
  /** Replaces its own throttle. */
  readonly limiter?: AttemptLimiter | undefined
}

/** @throws HtpasswdError `ERR_OPTION` for options that the guard refuses. */
export async function openListener({
  users,
  tokens: liveTokens,
  certificate,
  upstream,
  permissions,
  signIn,
  values,
  stdout,
  notify,
  limiter,
}: ListenerOptions): Promise<Listener> {
  const options = {
    maxFailures: values['max-failures'],
    onError: (error: unknown) => notify(`warning: ${error instanceof Error ? error.message : String(error)}`),
  }
  const counts =
    values.metrics === undefined
      ? undefined
      : new (await import('../metrics/counts.ts')).Counts(values['oidc-issuer'] !== undefined)
  const verifier = counts && new Verifier(undefined, undefined)
  const measured = counts && verifier && { verify: counts.measure(verifier.verify) }
  const authenticator = new Authenticator(users, options, {
    limiter,
    onLookup: counts?.observeLookup,
    ...measured,
  })
  const tokens = TokenAuthenticator.on(authenticator, liveTokens, { onError: options.onError })
  const userHeader = values['user-header'] ?? (values.demo ? DEMO_USER_HEADER : undefined)
  const app = upstream ?? (values.demo ? demoApp(userHeader) : undefined)
  const external = signIn && (await openExternalSignIn(values, users, signIn.secrets, notify))
  let obstacle: string | undefined
  let hasWarned = false
  const onUntrustedProxy = (peer: string): void => {
    if (hasWarned) return
    hasWarned = true
    notify(
      `warning: X-Forwarded-For of ${peer} is ignored: if that is your proxy, name it with --trust-proxy ${peer}, or all of its users count as one address`,
    )
  }
  const otherServers: Server[] = []
  const guardParts = {
    otherServers,
    login: signIn && { ...signIn.parts, external },
    findObstacle: () => obstacle,
    onBegin: counts?.begin,
    onStream: counts?.observeStream,
    onUntrustedProxy,
  }
  const jwt = await openJwt(values, users, notify)
  const logFile = values['log-file'] === undefined ? undefined : new LogFile(values['log-file'], notify)
  const log = both(accessLog(values.log, logFile ?? stdout), counts?.observe)
  const optionsOf = (now: ReloadedOptions): GuardOptions => ({
    ...guardOptions(now.values),
    authenticator,
    tokens,
    jwt,
    access: now.permissions.access,
    groups: now.permissions.groups,
    login: signIn?.options,
    upstream: app,
    userHeader,
    tls: certificate?.pair,
    log,
  })
  const guard: Guard = createGuard(optionsOf({ values, permissions }), guardParts)
  certificate?.onChange(pair => guard.setCertificate(pair))
  return {
    listen: async () => {
      const descriptors = activatedSockets(process)
      const { addresses, others } = await listenAt(guard.server, values.listen, {
        descriptors,
        mode: values['socket-mode'],
      })
      otherServers.push(...others)
      // such as EMFILE at accept(2); open connections are not affected
      for (const server of [guard.server, ...others])
        server.on('error', error => notify(`warning: ${error.message}`))
      external?.prepare()
      return addresses
    },
    reload: next => {
      certificate?.reload()
      if (next !== undefined) guard.setOptions(optionsOf(next))
    },
    snapshots: async () => (counts === undefined ? [] : [counts.snapshot()]),
    reopenLog: () => logFile?.reopen(),
    drain: () => guard.drain(),
    setObstacle: next => {
      obstacle = next
    },
    close: async limit => {
      certificate?.[Symbol.dispose]()
      await guard.close(limit)
      await tokens[Symbol.asyncDispose]()
      await authenticator[Symbol.asyncDispose]()
      await verifier?.close()
      // after the lines that are written in this turn of the event loop
      setImmediate(() => logFile?.end())
    },
  }
}

type Log = NonNullable<GuardOptions['log']>

const both = (first: Log | undefined, second: Log | undefined): Log | undefined =>
  first && second
    ? entry => {
        first(entry)
        second(entry)
      }
    : (first ?? second)

/** Requests of probes every few seconds, which would fill the log. */
const PROBES: ReadonlySet<string | undefined> = new Set(['health', 'ready'])

function accessLog(format: ServeValues['log'], out: Writable): GuardOptions['log'] {
  if (format === 'off') return undefined
  const write = lineWriter(out, format === 'json')
  return entry => {
    if (!PROBES.has(entry.reason)) write(formatAccessLogEntry(entry, format))
  }
}
