// The app as a child of the guard: starting it, waiting for it, stopping it with everything that it started.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { HtpasswdError } from '../../../../errors.ts'
import { answers } from '../../../../http/client/reachable.ts'
import { nameOf, targetOf } from '../../../../http/client/upstream-url.ts'
import { runSystemProgram } from '../../../../platform/windows-program.ts'

/** MLflow's first start creates its database, which takes up to a minute on a slow machine. */
const START_ATTEMPTS = 1800
const ATTEMPT_DELAY_MS = 100
/** When to tell that it is still being waited for: first soon, then seldom. */
const isSlow = (attempt: number): boolean => attempt === 50 || (attempt > 0 && attempt % 300 === 0)
const STOP_LIMIT_MS = 10_000

export interface ChildApp {
  /** Resolves when the app has ended, with a sentence about how. */
  readonly ended: Promise<string>
  /**
   * Resolves when its port accepts connections; rejects if it ends before, or after three minutes.
   *
   * @param onSlow called after 5 s, and then every 30 s, with the seconds so far.
   */
  ready(upstream: URL, onSlow?: (seconds: number) => void): Promise<void>
  /**
   * Sends SIGTERM, and SIGKILL after ten seconds; resolves when it has ended.
   *
   * @param onWait called if it has to be waited for; MLflow takes the ten seconds once it has run for a while.
   */
  stop(onWait?: () => void): Promise<void>
  /** Sends SIGKILL. */
  kill(): void
}

interface ChildOptions {
  readonly stdout: Writable
  readonly stderr: Writable
  readonly env: NodeJS.ProcessEnv
}

export function startChild(command: readonly string[], { stdout, stderr, env }: ChildOptions): ChildApp {
  const [program = '', ...rest] = command
  // a process group of its own on POSIX: Ctrl-C reaches only the guard, which then stops the whole group in order
  const child = spawn(program, rest, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  // a guard that crashes must not leave the app running without it
  const onExit = (): void => signalTree(child, 'SIGTERM')
  process.once('exit', onExit)
  child.once('exit', () => process.off('exit', onExit))
  forward(child.stdout, stdout)
  forward(child.stderr, stderr)
  const ended = new Promise<string>(resolve => {
    child.once('error', error => resolve(startFailure(program, error as NodeJS.ErrnoException)))
    child.once('exit', (status, signal) =>
      resolve(`${program} ended with ${signal ? `signal ${signal}` : `exit status ${status}`}`),
    )
  })
  return {
    ended,
    ready: (upstream, onSlow) => waitUntilReady(upstream, ended, onSlow),
    stop: onWait => stopChild(child, onWait),
    kill: () => signalTree(child, 'SIGKILL'),
  }
}

// not pipe(): it would end our own output with the child's
function forward(from: Readable, to: Writable): void {
  from.on('data', chunk => {
    if (to.write(chunk)) return
    from.pause()
    // an output that nobody reads any more fails instead of draining, and must not block the app
    const resume = (): void => {
      to.off('drain', resume).off('error', resume)
      from.resume()
    }
    to.on('drain', resume).on('error', resume)
  })
}

function startFailure(program: string, error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT' && error.code !== 'EINVAL')
    return `${program} could not be started: ${error.message}`
  const windows =
    process.platform === 'win32' ? `; for a .cmd or .bat file write: -- cmd /c ${program} …` : ''
  return `${program} could not be started: it is not on the PATH (is its environment activated?)${windows}`
}

async function waitUntilReady(
  upstream: URL,
  ended: Promise<string>,
  onSlow: (seconds: number) => void = () => {},
): Promise<void> {
  let reason: string | undefined
  void ended.then(text => {
    reason = text
  })
  for (let attempt = 0; attempt < START_ATTEMPTS && reason === undefined; attempt++) {
    if (await answers(targetOf(upstream))) return
    if (isSlow(attempt)) onSlow((attempt * ATTEMPT_DELAY_MS) / 1000)
    await Promise.race([delay(ATTEMPT_DELAY_MS), ended])
  }
  const what = reason ?? `the app did not listen within ${(START_ATTEMPTS * ATTEMPT_DELAY_MS) / 1000} seconds`
  throw new HtpasswdError('ERR_APP', `${what}; expected it to listen at ${nameOf(upstream)}`)
}

async function stopChild(child: ChildProcess, onWait: () => void = () => {}): Promise<void> {
  if (child.pid === undefined) return
  if (!hasEnded(child)) onWait()
  const exited = hasEnded(child) ? Promise.resolve() : once(child, 'exit')
  signalTree(child, 'SIGTERM')
  const timer = setTimeout(() => signalTree(child, 'SIGKILL'), STOP_LIMIT_MS)
  await exited
  clearTimeout(timer)
  // processes that the app started and left running
  if (process.platform !== 'win32') signalTree(child, 'SIGKILL')
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

function signalTree(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  const { pid } = child
  if (pid === undefined) return
  if (process.platform === 'win32') {
    // Windows has no signals, and an app with a hidden console of its own gets no Ctrl-C. The guard stopped first and
    // let its requests finish. Without taskkill the app's own children are left running.
    const arguments_ = ['/pid', String(pid), '/t', '/f']
    runSystemProgram('taskkill', arguments_, STOP_LIMIT_MS).catch(() => child.kill())
    return
  }
  try {
    process.kill(-pid, signal)
  } catch {
    // the group has ended already
  }
}
