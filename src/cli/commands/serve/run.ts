// One run of the guard: joins the password file, the authenticator, the guard and the app behind it, and ends them in order.

import type { Writable } from 'node:stream'
import { HtpasswdError } from '../../../errors.ts'
import { portOf } from '../../../http/client/upstream-url.ts'
import { fileWarnings } from '../../password-file.ts'
import { isItself } from './address.ts'
import {
  answers,
  type ChildApp,
  listensOutside,
  noteOnCommand,
  startChild,
  upstreamOfCommand,
} from './app-process.ts'
import { certificateOf } from './certificate.ts'
import { type Front, openFront } from './listener.ts'
import type { ServeRequest, ServeValues } from './options.ts'
import { portOwner } from './port-owner.ts'
import { startupMessage } from './startup-message.ts'
import { upstreamWarnings } from './upstream-warnings.ts'
import { openUsers, reportChanges, type UserReports } from './users.ts'
import { openWorkers } from './workers.ts'

export interface RunIo {
  readonly stdout: Writable
  readonly stderr: Writable
  readonly env: NodeJS.ProcessEnv
}

/** How long requests under way may take to finish. */
const DRAIN_LIMIT_MS = 10_000

type Say = (text: string) => void

export class GuardRun {
  readonly #request: ServeRequest
  readonly #io: RunIo
  readonly #say: Say
  readonly #closers: (() => unknown)[] = []
  #starting: Promise<string> | undefined
  #started = false
  #front: Front | undefined
  #reports: UserReports | undefined
  #child: ChildApp | undefined

  constructor(request: ServeRequest, io: RunIo, say: Say) {
    this.#request = request
    this.#io = io
    this.#say = say
  }

  /** Resolves only when the app behind the guard has ended by itself, with how; rejects where the start fails. */
  start(): Promise<string> {
    this.#starting = this.#start()
    return this.#starting
  }

  /** The password file and the certificate are read again. */
  reload(): void {
    this.#reports?.report()
    this.#front?.reload()
  }

  /** Lets requests under way finish first, then stops the app. */
  async stop(): Promise<void> {
    while (this.#closers.length > 0) await this.#closers.pop()?.()
    // a start that was still under way ends with the app it waits for
    if (!this.#started) await this.#starting?.catch(() => {})
  }

  /** For the second Ctrl-C: cuts what `stop` is waiting for. */
  stopAtOnce(): void {
    void this.#front?.close(0)
    this.#child?.kill()
  }

  async #start(): Promise<string> {
    const { file, values, command } = this.#request
    const users = await openUsers(file)
    const reports = reportChanges(users, this.#say)
    this.#closers.push(() => reports[Symbol.dispose]())
    this.#reports = reports
    const upstream = appOf(this.#request)
    // closed in reverse: the guard drains while the app still answers
    const onWait = (): void => this.#say(`Waiting for ${command[0]} to end; Ctrl-C again ends it at once`)
    this.#closers.push(() => this.#child?.stop(onWait))
    const { workers } = values
    const files = { certificate: certificateOf(values, this.#say), say: this.#say }
    const front =
      workers === 1
        ? openFront({ ...files, users, upstream, values, stdout: this.#io.stdout })
        : openWorkers({ ...files, count: workers })
    this.#front = front
    this.#closers.push(() => front.close(DRAIN_LIMIT_MS))
    const port = await front.listen()
    if (command.length > 0 && upstream !== undefined) await this.#startApp(command, upstream)
    this.#started = true
    const warnings = fileWarnings(file).map(({ message, fix }) => `${message}. Fix it with: ${fix}`)
    if (upstream !== undefined) warnings.push(...(await upstreamWarnings(upstream, listensOutside(command))))
    this.#say(
      startupMessage({
        file,
        users: users.users().map(user => [user, users.get(user) ?? ''] as const),
        listen: { host: values.listen.host, port },
        scheme: values['tls-cert'] === undefined ? 'http' : 'https',
        prefix: values.prefix ?? '',
        guarded: upstream?.origin ?? 'the built-in demo page',
        note: noteOnCommand(command),
        warnings,
      }),
    )
    return this.#child?.ended ?? new Promise(() => {})
  }

  async #startApp(command: readonly string[], upstream: URL): Promise<void> {
    if (await answers(upstream.hostname, portOf(upstream))) {
      const owner = (await portOwner(portOf(upstream))) ?? 'another program'
      const advice = `stop it, or give ${command[0]} another port`
      throw new HtpasswdError(
        'ERR_APP',
        `expected ${upstream.host} to be free for ${command[0]}, but ${owner} answers there; ${advice}`,
      )
    }
    this.#say(`Starting ${command[0]} and waiting for it at ${upstream.origin} …`)
    this.#child = startChild(command, this.#io)
    await this.#child.ready(upstream)
  }
}

/** The app, from `--upstream` or the command that starts it; undefined for the demo page. */
export function appOf({ values, command }: ServeRequest): URL | undefined {
  const upstream = values.upstream ?? upstreamOfCommand(command)
  if (upstream !== undefined) rejectItself(upstream, values)
  else if (command.length > 0) throw unknownPort(command)
  return upstream
}

function rejectItself(upstream: URL, values: ServeValues): void {
  if (!isItself(upstream, values.listen)) return
  throw new HtpasswdError(
    'ERR_LISTEN',
    `the upstream ${upstream.origin} is the address that the guard itself listens on; ` +
      "give the app's own port with --upstream, or another one to --listen",
  )
}

const unknownPort = (command: readonly string[]): HtpasswdError =>
  new HtpasswdError(
    'ERR_USAGE',
    `expected to see the port of "${command[0]}" in its arguments as --port N, got none; ` +
      'say where it answers with --upstream http://127.0.0.1:PORT',
  )
