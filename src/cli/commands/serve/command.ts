// `htpasswd serve`: the command around one run of the guard; options, first user, signals, exit status.
import type { Writable } from 'node:stream'
import { runCommand } from '../../options/run-command.ts'
import type { Io } from '../../terminal/io.ts'
import { certificateOf } from './certificate.ts'
import { makeFirstUser } from './first-user.ts'
import { openFront } from './listener.ts'
import { serveGrammar } from './option-table.ts'
import { type ServeRequest, serveRequest } from './options.ts'
import { appOf, GuardRun } from './run.ts'
import { catchHangup, catchStop, type SignalSource } from './signals.ts'
import { openUsers } from './users.ts'
import { isWorker, runWorker } from './workers.ts'

/** The process around the command: where its log goes, in its own time, and where its signals come from. */
export interface ServeHost extends SignalSource {
  readonly stdout: Writable
  readonly stderr: Writable
}

/** Runs the guard until it is told to stop; resolves with the exit status. */
export function serve(argv: readonly string[], io: Io, host: ServeHost = process): Promise<number> {
  const say = (text: string): void => io.err(`${text}\n`)
  return runCommand(
    serveGrammar,
    argv,
    io,
    async parsed => {
      const request = serveRequest(parsed)
      // a closed standard output, as in `htpasswd serve … | head`, ends the log, not the service
      for (const output of [host.stdout, host.stderr]) output.on('error', () => {})
      if (isWorker()) return runAsWorker(request, host, say)
      if (request.values.init) await makeFirstUser(request.file, request.values, io)
      const run = new GuardRun(
        request,
        { stdout: host.stdout, stderr: host.stderr, env: appEnvironment(request, io) },
        say,
      )
      return runUntilStopped(run, say, host)
    },
    io.env,
  )
}

/** One of `--workers`: only the process that started it prints messages. */
async function runAsWorker(
  request: ServeRequest,
  { stdout }: ServeHost,
  say: (text: string) => void,
): Promise<number> {
  const { file, values } = request
  const quiet = (): void => {}
  await runWorker(async () =>
    openFront({
      users: await openUsers(file),
      certificate: certificateOf(values, quiet),
      upstream: appOf(request),
      values,
      stdout,
      say,
    }),
  )
  return 0
}

/** The app does not get the password of the first user either: the guard keeps all of them from it. */
function appEnvironment({ values }: ServeRequest, { env, platform }: Io): NodeJS.ProcessEnv {
  const key = (name: string): string => (platform === 'win32' ? name.toUpperCase() : name)
  const hidden = values['password-env']
  if (hidden === undefined) return env
  return Object.fromEntries(Object.entries(env).filter(([name]) => key(name) !== key(hidden)))
}

/** Status 0 after a signal; 1 where the app behind the guard ended by itself. */
async function runUntilStopped(
  run: GuardRun,
  say: (text: string) => void,
  signals: SignalSource,
): Promise<number> {
  // before anything starts: a signal during the start must stop the app that is being waited for
  using stop = catchStop(signals)
  using _ = catchHangup(signals, () => run.reload())
  void stop.second.then(() => run.stopAtOnce())
  try {
    const told = stop.first.then(reason => ({ reason, status: 0 }))
    const ended = run.start().then(reason => ({ reason, status: 1 }))
    const { reason, status } = await Promise.race([told, ended])
    say(`${reason}; stopping`)
    return status
  } finally {
    await run.stop()
  }
}
