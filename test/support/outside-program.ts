// Programs from outside that the proofs need: found, started, waited for and ended; skipped with a reason where missing.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** The full path of the first of the names that is on the PATH, or undefined. */
export function findProgram(...names: string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : ['']
  const places = names.flatMap(name =>
    folders.flatMap(folder => endings.map(end => join(folder, name + end))),
  )
  // an ordinary user's PATH leaves out where nginx is
  return [...places, ...names.map(name => `/usr/sbin/${name}`)].find(place => existsSync(place))
}

/** The full path of a file in .cache, or undefined. */
export function findCached(name: string): string | undefined {
  const path = join(import.meta.dirname, '../../.cache', name)
  return existsSync(path) ? path : undefined
}

/** The full path of a program of one of the environments in .cache, or undefined. */
export const findInEnvironment = (environment: string, program: string): string | undefined =>
  findCached(`${environment}/bin/${program}`)

/** A missing program skips its test with its name; in CI, where all are installed, that is a failure. */
export function skipReason(programs: Record<string, string | undefined>): string | undefined {
  const missing = Object.keys(programs).filter(name => programs[name] === undefined)
  if (missing.length === 0) return undefined
  const reason = `needs ${missing.join(' and ')}`
  if (process.env.CI === 'true') throw new Error(`CI=true, but this test ${reason}`)
  return reason
}

/** A port that is free now; the server that found it is closed again. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export interface Program extends AsyncDisposable {
  readonly process: ChildProcess
  /** What it wrote so far, both streams together. */
  output(): string
  /** Resolves with the exit status. */
  readonly ended: Promise<number | null>
}

/** Starts a program in a process group of its own; disposing ends the group. */
export function startProgram(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Program {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const ended = new Promise<number | null>(resolve => {
    child.once('exit', status => resolve(status))
    child.once('error', () => resolve(-1))
  })
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(-(child.pid as number), name)
    } catch {
      // gone already
    }
  }
  const onExit = (): void => signal('SIGKILL')
  process.once('exit', onExit)
  return {
    process: child,
    output: () => output,
    ended,
    async [Symbol.asyncDispose]() {
      signal('SIGTERM')
      const insist = setTimeout(() => signal('SIGKILL'), 12_000)
      await ended
      clearTimeout(insist)
      signal('SIGKILL')
      process.off('exit', onExit)
    },
  }
}

/** Resolves when the port accepts a connection; fails with the program's output when it ends or stays silent. */
export async function untilListening(port: number, program: Program, attempts = 1200): Promise<void> {
  let over = false
  void program.ended.then(() => {
    over = true
  })
  for (let attempt = 0; attempt < attempts && !over; attempt++) {
    if (await accepts(port)) return
    await Promise.race([pause(50), program.ended])
  }
  throw new Error(`nothing listens on port ${port}; the program wrote:\n${program.output()}`)
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    const finish = (result: boolean) => () => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', finish(true)).once('error', finish(false))
  })
}

/** Asks again until the answer is no longer undefined: for what another process does in its own time. */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  attempts = 1200,
): Promise<T> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await pause(25)
  }
  throw new Error(`waited in vain for ${what}`)
}
