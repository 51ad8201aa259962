// The app as a child of the guard: which port it will have, starting it, waiting for it, stopping it with all it started.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, isIP } from 'node:net'
import { basename } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { HtpasswdError } from '../../../errors.ts'
import { runSystemProgram } from '../../../platform/windows-program.ts'
import { isEveryAddress, isLoopback, urlOf } from './address.ts'

/** Apps whose own default port we know. */
const DEFAULT_PORTS = new Map([['mlflow', 5000]])

/** MLflow's first start makes its database and takes up to a minute on a slow machine. */
const START_ATTEMPTS = 1800
const ATTEMPT_PAUSE_MS = 100
const STOP_LIMIT_MS = 10_000

/** The URL that the app will answer at, from its own --port; undefined where that cannot be told. */
export function upstreamOfCommand(command: readonly string[]): URL | undefined {
  const [program = '', ...rest] = command
  const port = argumentOf(rest, '--port', '-p') ?? DEFAULT_PORTS.get(appName(program, rest))
  const number = Number(port)
  if (!Number.isInteger(number) || number < 1 || number > 65535) return undefined
  const host = argumentOf(rest, '--host', '-h')
  const own = host === undefined || isLoopback(host) || isEveryAddress(host) || isIP(host) === 0
  return new URL(urlOf('http', own ? '127.0.0.1' : host, number))
}

/** Whether the command itself asks to be reached from outside, as `mlflow server --host 0.0.0.0` does. */
export function listensOutside(command: readonly string[]): boolean {
  const host = argumentOf(command.slice(1), '--host', '-h')
  return host !== undefined && !isLoopback(host)
}

function argumentOf(rest: readonly string[], long: string, short: string): string | undefined {
  const joined = rest.find(one => one.startsWith(`${long}=`))
  if (joined !== undefined) return joined.slice(long.length + 1)
  const at = rest.findIndex(one => one === long || one === short)
  return at === -1 ? undefined : rest[at + 1]
}

/** `mlflow`, `/opt/bin/mlflow`, `mlflow.exe`, `python -m mlflow`, `uv run mlflow` and `uvx mlflow` are all MLflow. */
function appName(program: string, rest: readonly string[]): string {
  const names = [program, ...rest.slice(0, 2)].map(one => basename(one.replaceAll('\\', '/'), '.exe'))
  return names.find(name => DEFAULT_PORTS.has(name)) ?? ''
}

/** What MLflow's own start says would open it to everyone past the guard; undefined for other apps. */
export const noteOnCommand = ([program = '', ...rest]: readonly string[]): string | undefined =>
  appName(program, rest) === 'mlflow'
    ? 'Others come in through the guard: MLflow needs none of the --host, --allowed-hosts and --cors-allowed-origins it speaks of.'
    : undefined

export interface ChildApp {
  /** Resolves with a sentence about how the app ended, whenever it does. */
  readonly ended: Promise<string>
  /** Resolves when its port answers; rejects when it ends before or takes longer than three minutes. */
  ready(upstream: URL): Promise<void>
  /**
   * Asks it to stop, insists after ten seconds; resolves when it is gone.
   *
   * @param onWait called where it has to be waited for: MLflow takes its ten seconds once it has run for a while.
   */
  stop(onWait?: () => void): Promise<void>
  /** Ends it without asking. */
  kill(): void
}

interface ChildOptions {
  readonly stdout: Writable
  readonly stderr: Writable
  readonly env: NodeJS.ProcessEnv
}

export function startChild(command: readonly string[], { stdout, stderr, env }: ChildOptions): ChildApp {
  const [program = '', ...rest] = command
  // a process group of its own on POSIX: Ctrl-C reaches the guard alone, which then stops the whole group in order
  const child = spawn(program, rest, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  // a guard that dies of a fault must not leave the app behind unguarded
  const onExit = (): void => signalTree(child, 'SIGTERM')
  process.once('exit', onExit)
  child.once('exit', () => process.off('exit', onExit))
  passOn(child.stdout, stdout)
  passOn(child.stderr, stderr)
  const ended = new Promise<string>(resolve => {
    child.once('error', error => resolve(startFailure(program, error as NodeJS.ErrnoException)))
    child.once('exit', (status, signal) =>
      resolve(`${program} ended with ${signal ? `signal ${signal}` : `exit status ${status}`}`),
    )
  })
  return {
    ended,
    ready: upstream => waitUntilReady(upstream, ended),
    stop: onWait => stopChild(child, onWait),
    kill: () => signalTree(child, 'SIGKILL'),
  }
}

// not pipe(): its end or error would take our own output with it
function passOn(from: Readable, to: Writable): void {
  from.on('data', chunk => {
    if (to.write(chunk)) return
    from.pause()
    // nobody may read it any more: the app must not wait for that
    const goOn = (): void => {
      to.off('drain', goOn).off('error', goOn)
      from.resume()
    }
    to.on('drain', goOn).on('error', goOn)
  })
}

function startFailure(program: string, error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT' && error.code !== 'EINVAL')
    return `${program} could not be started: ${error.message}`
  const windows =
    process.platform === 'win32' ? `; for a .cmd or .bat file write: -- cmd /c ${program} …` : ''
  return `${program} could not be started: it is not on the PATH (is its environment activated?)${windows}`
}

async function waitUntilReady(upstream: URL, ended: Promise<string>): Promise<void> {
  let reason: string | undefined
  void ended.then(text => {
    reason = text
  })
  for (let attempt = 0; attempt < START_ATTEMPTS && reason === undefined; attempt++) {
    if (await answers(upstream.hostname, Number(upstream.port))) return
    await Promise.race([pause(ATTEMPT_PAUSE_MS), ended])
  }
  const what =
    reason ?? `the app did not open its port within ${(START_ATTEMPTS * ATTEMPT_PAUSE_MS) / 1000} seconds`
  throw new HtpasswdError('ERR_APP', `${what}; expected it to answer at ${upstream.origin}`)
}

/** Whether anything accepts a connection there. */
export function answers(host: string, port: number, limitMs = 1000): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port })
    const finish = (result: boolean): void => {
      socket.destroy()
      resolve(result)
    }
    socket.setTimeout(limitMs, () => finish(false))
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}

async function stopChild(child: ChildProcess, onWait: () => void = () => {}): Promise<void> {
  if (child.pid === undefined) return
  if (!hasEnded(child)) onWait()
  const gone = hasEnded(child) ? Promise.resolve() : once(child, 'exit')
  signalTree(child, 'SIGTERM')
  const timer = setTimeout(() => signalTree(child, 'SIGKILL'), STOP_LIMIT_MS)
  await gone
  clearTimeout(timer)
  // what the app started and left behind goes with it
  if (process.platform !== 'win32') signalTree(child, 'SIGKILL')
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

function signalTree(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  const { pid } = child
  if (pid === undefined) return
  if (process.platform === 'win32') {
    // Windows has no signals, and an app with a hidden console of its own hears no Ctrl-C; the guard, which stops
    // first, has let its requests finish. Without the tool the app's own children are out of reach.
    const arguments_ = ['/pid', String(pid), '/t', '/f']
    runSystemProgram('taskkill', arguments_, STOP_LIMIT_MS).catch(() => child.kill())
    return
  }
  try {
    process.kill(-pid, signal)
  } catch {
    // the group is gone already
  }
}
