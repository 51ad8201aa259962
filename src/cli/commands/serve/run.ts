// One run of the guard: opens password file, certificate, guard and app, and closes them in reverse order.
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { SessionHub } from '../../../auth/sessions/ended-channel.ts'
import { HtpasswdError } from '../../../errors.ts'
import { answers } from '../../../http/client/reachable.ts'
import { nameOf, portOf, socketPathOf, targetOf } from '../../../http/client/upstream-url.ts'
import { appUrl } from './app/location.ts'
import { type ChildApp, startChild } from './app/process.ts'
import type { LocalCertificates } from './https/certificates.ts'
import { type GuardAddress, isPort } from './listen/address.ts'
import { certificateOf } from './listen/certificate.ts'
import { removeStaleSockets } from './listen/listen.ts'
import { type Listener, openListener } from './listen/listener.ts'
import { activatedSockets, portOwner } from './listen/port.ts'
import type { Users } from './login/environment-users.ts'
import { openPermissions } from './login/permissions.ts'
import { openSessions, signInOf } from './login/sessions.ts'
import { openTokensOf, reportTokens, tokenWarnings } from './login/tokens.ts'
import { openUsers, reportChanges, type UserReports } from './login/users.ts'
import type { Reloads } from './metrics/reloads.ts'
import type { MetricsSources } from './metrics/server.ts'
import type { Notify } from './notices.ts'
import type { ServeValues } from './options.ts'
import { createReread, type RereadOptions } from './processes/reload.ts'
import { openReplicas } from './processes/replicas.ts'
import { openWorkers } from './processes/workers.ts'
import type { ServeRequest } from './request.ts'
import { startupFacts, warningsAtStart } from './startup-facts.ts'
import { startupFields, startupLine, startupMessage } from './startup-message.ts'

export interface RunIo {
  readonly stdout: Writable
  readonly stderr: Writable
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
  /** Whether messages appear at a terminal. */
  readonly isTerminal: boolean
}

export class GuardRun {
  readonly #request: ServeRequest
  readonly #io: RunIo
  readonly #notify: Notify
  readonly #reread: RereadOptions
  readonly #closers: (() => unknown)[] = []
  readonly #cut = new AbortController()
  #starting: Promise<string> | undefined
  #started = false
  #stopping = false
  #listener: Listener | undefined
  #users: Users | undefined
  #reports: UserReports | undefined
  #child: ChildApp | undefined
  #https: LocalCertificates | undefined

  constructor(request: ServeRequest, io: RunIo, notify: Notify) {
    this.#request = request
    this.#io = io
    this.#notify = notify
    this.#reread = createReread(request, io.env, notify)
  }

  /**
   * Resolves when the app behind the guard has ended by itself, with a sentence about how; rejects if the start fails.
   */
  start(): Promise<string> {
    this.#starting = this.#start()
    return this.#starting
  }

  /** Reads users, certificate and --config file again, and reports what changed. */
  async reload(): Promise<void> {
    await this.#users?.reload().catch(() => {})
    this.#reports?.report()
    this.#listener?.reload(await this.#reread())
  }

  /** Reopens the file of the access log. */
  reopenLog(): void {
    this.#listener?.reopenLog()
  }

  /** Makes the readiness endpoint say 503, and continues to serve for the time of `--drain-delay`. */
  async drain(): Promise<void> {
    const { 'drain-delay': delay } = this.#request.values
    if (delay === 0 || !this.#started) return
    this.#listener?.drain()
    await sleep(delay, undefined, { signal: this.#cut.signal }).catch(() => {})
  }

  /** Lets requests in flight finish, then stops the app. */
  async stop(): Promise<void> {
    this.#stopping = true
    while (this.#closers.length > 0) await this.#closers.pop()?.()
    // stopping the app also ends a start that is waiting for it
    if (!this.#started) await this.#starting?.catch(() => {})
  }

  /** Cuts the requests that `stop` is waiting for, for a second Ctrl-C. */
  stopAtOnce(): void {
    this.#cut.abort()
    void this.#listener?.close(0)
    this.#child?.kill()
  }

  async #start(): Promise<string> {
    const { file, values, command } = this.#request
    const { env } = this.#io
    const users = await openUsers(file, this.#request.userLines)
    this.#users = users
    const reloads = await openReloads(values)
    const reports = reportChanges(users, this.#notify, reloads?.record)
    this.#reports = reports
    this.#closers.push(() => reports[Symbol.dispose]())
    const tokens = await openTokensOf(this.#request)
    const tokenReports = reportTokens(tokens, this.#notify, reloads?.record)
    this.#closers.push(() => tokenReports[Symbol.dispose]())
    const upstream = appUrl(this.#request, env)
    // closed in reverse order: the guard drains while the app still responds
    const onWait = (): void => this.#notify(`Waiting for ${command[0]} to end; Ctrl-C again ends it at once`)
    this.#closers.push(() => this.#child?.stop(onWait))
    const permissions = await openPermissions(this.#request, env, this.#notify)
    const permissionReports = permissions.report(this.#notify, reloads?.record)
    this.#closers.push(() => permissionReports[Symbol.dispose]())
    if (values.https) this.#https = await this.#openHttps()
    const certificate = certificateOf(values, this.#https?.files.server, this.#notify)
    const common = { certificate, notify: this.#notify }
    const onError = (error: unknown): void => this.#notify(`warning: ${(error as Error).message}`)
    const sessions = values.login ? openSessions(this.#request, onError) : undefined
    const secretReports = sessions?.report(this.#notify)
    this.#closers.push(() => secretReports?.[Symbol.dispose]())
    const shared = sessions && { ...sessions, secrets: sessions.secrets() }
    const replicas = await openReplicas(values, shared, this.#notify)
    if (replicas !== undefined) {
      this.#closers.push(() => replicas.close())
      await replicas.available
      if (this.#stopping) return ''
    }
    const ended = replicas?.ended ?? sessions?.ended
    const hub =
      sessions && ended && values.workers > 1 ? new SessionHub(ended, sessions.secrets()) : undefined
    replicas?.ended?.onEnded(session => hub?.announce(session))
    const listener =
      values.workers === 1
        ? await openListener({
            ...common,
            users,
            tokens,
            upstream,
            permissions,
            limiter: replicas?.limiter,
            signIn: sessions && ended && (await signInOf(this.#request, sessions.secrets, ended, onError)),
            values,
            stdout: this.#io.stdout,
          })
        : openWorkers({
            ...common,
            count: values.workers,
            maxFailures: values['max-failures'],
            limiter: replicas?.limiter,
            sessions: hub,
          })
    this.#listener = listener
    replicas?.watch(obstacle => listener.setObstacle(obstacle))
    this.#closers.push(() => listener.close(values.grace))
    if (activatedSockets(process).length === 0) await removeStaleSockets(values.listen)
    const listen = await listener.listen()
    await this.#redirectHttp(listen)
    await this.#openMetrics({ listener, users, tokens, reloads, replicas })
    if (command.length > 0 && upstream !== undefined) await this.#startApp(command, upstream)
    this.#started = true
    const facts = await startupFacts(this.#request, this.#io, { users, listen, upstream, https: this.#https })
    const warnings = [
      ...(await warningsAtStart(this.#request, env, facts, upstream)),
      ...tokenWarnings(tokens),
      ...permissions.warnings(),
    ]
    // told to stop in the meantime
    if (this.#stopping) return this.#child?.ended ?? ''
    const message = this.#io.isTerminal ? startupMessage(facts) : startupLine(facts)
    this.#notify(message, startupFields(facts))
    for (const warning of warnings) this.#notify(`warning: ${warning}`)
    return this.#child?.ended ?? new Promise(() => {})
  }

  async #openMetrics(sources: Omit<MetricsSources, 'hasWorkers'>): Promise<void> {
    const { metrics, workers } = this.#request.values
    if (metrics === undefined) return
    const { serveMetrics } = await import('./metrics/server.ts')
    const server = await serveMetrics(metrics, { ...sources, hasWorkers: workers > 1 })
    this.#closers.push(() => server[Symbol.asyncDispose]())
  }

  async #openHttps(): Promise<LocalCertificates> {
    const { file, values } = this.#request
    const { ensureCertificates, renewDaily } = await import('./https/certificates.ts')
    const request = {
      passwordFile: file,
      env: this.#io.env,
      names: values['https-name'],
      notify: (text: string) => this.#notify(text),
    }
    const certificates = await ensureCertificates(request)
    const renewal = renewDaily(request)
    this.#closers.push(() => renewal[Symbol.dispose]())
    return certificates
  }

  /** Redirects to the first port if there are several. */
  async #redirectHttp(listen: readonly GuardAddress[]): Promise<void> {
    const { 'redirect-http': port } = this.#request.values
    const ports = listen.filter(isPort)
    const [first] = ports
    if (port === undefined || first === undefined) return
    const { openRedirect } = await import('./https/redirect.ts')
    const hosts = [...new Set(ports.map(({ host }) => host))]
    const addresses = hosts.map(host => ({ host, port }))
    const redirect = await openRedirect(addresses, first.port)
    this.#closers.push(() => redirect.close())
  }

  async #startApp(command: readonly string[], upstream: URL): Promise<void> {
    if (await answers(targetOf(upstream))) {
      const isSocket = socketPathOf(upstream) !== undefined
      const owner = (isSocket ? undefined : await portOwner(portOf(upstream))) ?? 'another program'
      throw new HtpasswdError(
        'ERR_APP',
        `${owner} listens at ${isSocket ? nameOf(upstream) : upstream.host}, where ${command[0]} should; ` +
          `stop it, or give ${command[0]} another ${isSocket ? 'socket' : 'port'}`,
      )
    }
    this.#notify(`Starting ${command[0]} and waiting for it at ${nameOf(upstream)} …`)
    this.#child = startChild(command, this.#io)
    await this.#child.ready(upstream, seconds =>
      this.#notify(
        `Still waiting for ${command[0]}, for ${seconds} s: nothing listens at ${nameOf(upstream)} yet. ` +
          'If it uses another port, stop with Ctrl-C and name it with --upstream http://127.0.0.1:PORT',
      ),
    )
  }
}

async function openReloads(values: ServeValues): Promise<Reloads | undefined> {
  if (values.metrics === undefined) return undefined
  const { Reloads } = await import('./metrics/reloads.ts')
  const optional = (['groups', 'rules'] as const).filter(file => values[file] !== undefined)
  return new Reloads(['users', 'tokens', ...optional])
}
