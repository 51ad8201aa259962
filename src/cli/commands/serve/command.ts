// `htpasswd serve`: one run of the guard, with its first user, signals and exit status.
import type { Writable } from 'node:stream'
import { ExitStatus, HtpasswdError } from '../../../errors.ts'
import { runCommand } from '../../options/run-command.ts'
import { unknownVariables } from '../../options/values.ts'
import type { Io } from '../../terminal/io.ts'
import { asCalled } from '../../terminal/program-name.ts'
import { appUrl } from './app/location.ts'
import { findServer } from './https/folder.ts'
import { certificateOf } from './listen/certificate.ts'
import { openListener } from './listen/listener.ts'
import { USERS_VARIABLE } from './login/environment-users.ts'
import { loadPreset, openPermissions } from './login/permissions.ts'
import { secretsOfWorker, signInOf } from './login/sessions.ts'
import { openTokensOf } from './login/tokens.ts'
import { openUsers } from './login/users.ts'
import { createNotify, type Notify } from './notices.ts'
import { serveSpec } from './options.ts'
import { createReread } from './processes/reload.ts'
import {
  catchHangup,
  catchLogRotation,
  catchStop,
  ignoreSignals,
  type SignalSource,
} from './processes/signals.ts'
import { isWorker, runWorker } from './processes/workers.ts'
import { parseServe, type ServeRequest, serveRequest } from './request.ts'
import { GuardRun } from './run.ts'

/** The process around the command: where its log goes, asynchronously, and where its signals come from. */
export interface ServeHost extends SignalSource {
  readonly stdout: Writable
  readonly stderr: Writable
}

/** Runs the guard until it is told to stop; resolves with the exit status. */
export async function serve(argv: readonly string[], io: Io, host: ServeHost = process): Promise<number> {
  // as early as possible, because by default USR1 opens Node's debugger, through which any local account can run code
  // here
  using _ = ignoreSignals(host)
  return await runCommand(
    serveSpec,
    argv,
    io,
    async parsed => {
      const request: ServeRequest = {
        ...serveRequest(parsed, io.env),
        reread: () => parseServe(argv, io.env),
      }
      const { values } = request
      const notify = createNotify(line => io.err(asCalled(line)), {
        json: values.log === 'json',
        quiet: values.quiet,
      })
      if (values.log === 'json') {
        // Node's own warnings
        process.removeAllListeners('warning').on('warning', ({ message }) => notify(`warning: ${message}`))
      }
      // a closed standard output, as in `htpasswd serve … | head`, ends the log, not the service
      for (const output of [host.stdout, host.stderr]) output.on('error', () => {})
      if (request.values['print-preset']) {
        io.out((await loadPreset()).describe())
        return ExitStatus.ok
      }
      if (isWorker()) return runAsWorker(request, io, host, notify)
      for (const text of unknownVariables(serveSpec, io.env, [values['password-env']]))
        notify(`warning: ${text}`)
      if (values.check) return (await import('./check.ts')).checkServe(request, io, notify)
      if (values.init) await (await import('./login/first-user.ts')).makeFirstUser(request.file, values, io)
      const { stdout, stderr } = host
      const env = appEnvironment(request, io)
      const { platform } = io
      const run = new GuardRun(
        request,
        { stdout, stderr, env, platform, isTerminal: io.isTerminal(2) },
        notify,
      )
      try {
        return await runUntilStopped(run, notify, host)
      } catch (error) {
        if (values.log !== 'json' || !(error instanceof HtpasswdError)) throw error
        notify(`error: ${error.message}`, { code: error.code })
        return error.exitStatus
      }
    },
    io.env,
  )
}

/** Runs one of the `--workers`. Only the main process reports changes of the files. */
async function runAsWorker(
  request: ServeRequest,
  { env }: Io,
  { stdout }: ServeHost,
  notify: Notify,
): Promise<number> {
  const { file, values } = request
  const onError = (error: unknown): void => notify(`warning: ${(error as Error).message}`)
  const own = values.https ? findServer(file, env) : undefined
  const reread = createReread(request, env, () => {})
  await runWorker(async (limiter, ended) => {
    const secrets = values.login ? secretsOfWorker(request, await ended.join()) : undefined
    const signIn = secrets && (await signInOf(request, secrets, ended, onError))
    const listener = await openListener({
      limiter,
      signIn,
      users: await openUsers(file, request.userLines),
      tokens: await openTokensOf(request),
      certificate: certificateOf(values, own, () => {}),
      upstream: appUrl(request, env),
      permissions: await openPermissions(request, env, notify),
      values,
      stdout,
      notify,
    })
    return { ...listener, reload: () => void reread().then(listener.reload) }
  })
  return 0
}

/** The environment of the app, without the variables that contain the first user's password or the hashes. */
function appEnvironment({ values }: ServeRequest, { env, platform }: Io): NodeJS.ProcessEnv {
  const key = (name: string): string => (platform === 'win32' ? name.toUpperCase() : name)
  const hidden = [values['password-env'] ?? USERS_VARIABLE, USERS_VARIABLE].map(key)
  return Object.fromEntries(Object.entries(env).filter(([name]) => !hidden.includes(key(name))))
}

/** Status 0 after a signal; 1 if the app behind the guard ended by itself. */
async function runUntilStopped(run: GuardRun, notify: Notify, signals: SignalSource): Promise<number> {
  // before anything starts: a signal during the start must stop the app that is being waited for
  using stop = catchStop(signals)
  using _ = catchHangup(signals, () => void run.reload())
  using __ = catchLogRotation(signals, () => run.reopenLog())
  void stop.second.then(() => run.stopAtOnce())
  try {
    const stopped = stop.first.then(reason => ({ reason, status: ExitStatus.ok }))
    const ended = run.start().then(reason => ({ reason, status: 1 }))
    const { reason, status } = await Promise.race([stopped, ended])
    notify(`${reason}; stopping`)
    if (status === ExitStatus.ok) await run.drain()
    return status
  } finally {
    await run.stop()
  }
}
