// The signals of `serve`: which ones stop it, which one reloads, on POSIX and on Windows.
import { closeSync, openSync } from 'node:fs'

/** `process`, or an EventEmitter in a test. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown
}

/** Signals whose default action is to terminate. */
export const TERMINATING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGBREAK', 'SIGHUP']
/** Signals that log rotation and others send, which end a process by default or open Node's debugger (USR1). */
const IGNORED: readonly NodeJS.Signals[] = ['SIGUSR1', 'SIGUSR2']
const STOPPING_ON_POSIX: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGQUIT']

const reasons: Partial<Record<NodeJS.Signals, string>> = {
  SIGINT: 'Ctrl-C',
  SIGTERM: 'received SIGTERM',
  SIGQUIT: 'received SIGQUIT',
  SIGBREAK: 'Ctrl-Break',
  SIGHUP: 'the terminal was closed',
}

export interface StopSignals extends Disposable {
  /** Resolves with the reason at the first signal that means stop. */
  readonly first: Promise<string>
  /** Resolves at the next one: a second Ctrl-C means that the user does not want to wait. */
  readonly second: Promise<unknown>
}

export function catchStop(source: SignalSource, platform = process.platform): StopSignals {
  // Windows sends SIGHUP when the console window is closed, and ends the process some seconds later
  const names = platform === 'win32' ? TERMINATING : STOPPING_ON_POSIX
  const first = withResolvers<string>()
  const second = withResolvers<unknown>()
  let caught = 0
  const stop = (signal: NodeJS.Signals): void => {
    caught++
    if (caught === 1) first.resolve(reasons[signal] ?? signal)
    else second.resolve(signal)
  }
  const hadTerminal = platform !== 'win32' && hasTerminal()
  const hangup = (signal: NodeJS.Signals): void => {
    if (hadTerminal && !hasTerminal()) stop(signal)
  }
  for (const name of names) source.on(name, stop)
  if (platform !== 'win32') source.on('SIGHUP', hangup)
  return {
    first: first.promise,
    second: second.promise,
    [Symbol.dispose]: () => {
      for (const name of names) source.off(name, stop)
      source.off('SIGHUP', hangup)
    },
  }
}

/** Ignores signals that have no meaning here, until it is disposed of. */
export function ignoreSignals(source: SignalSource): Disposable {
  const ignore = (): void => {}
  for (const name of IGNORED) source.on(name, ignore)
  return {
    [Symbol.dispose]: () => {
      for (const name of IGNORED) source.off(name, ignore)
    },
  }
}

/** Calls `reload` on SIGHUP, which means "read your files again" on POSIX. */
export function catchHangup(
  source: SignalSource,
  reload: () => void,
  platform = process.platform,
): Disposable {
  if (platform === 'win32') return { [Symbol.dispose]: () => {} }
  source.on('SIGHUP', reload)
  return { [Symbol.dispose]: () => source.off('SIGHUP', reload) }
}

/** Calls `reopen` on SIGUSR1, which logrotate's scripts send. */
export function catchLogRotation(source: SignalSource, reopen: () => void): Disposable {
  source.on('SIGUSR1', reopen)
  return { [Symbol.dispose]: () => source.off('SIGUSR1', reopen) }
}

/** SIGHUP means "read your files again" or "the terminal was closed"; only after the latter /dev/tty cannot be opened. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}

// Promise.withResolvers needs Node 22
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>(done => {
    resolve = done
  })
  return { promise, resolve }
}
