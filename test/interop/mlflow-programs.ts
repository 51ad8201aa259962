// The real MLflow of .cache/mlflow: its server behind `htpasswd serve`, its Python client, and what both have started.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  findProgram,
  freePort,
  type Program,
  startProgram,
  untilListening,
} from '../support/outside-program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const environment = join(root, '.cache/mlflow')
const command = join(root, 'bin/htpasswd.js')
const clientScript = fileURLToPath(new URL('./mlflow-client.py', import.meta.url))

export const python = existsSync(join(environment, 'bin/python'))
  ? join(environment, 'bin/python')
  : undefined
export const chromium = findProgram('chromium', 'chromium-browser', 'google-chrome')

/** Kept for people to look at; ignored by git. */
export const pictures = join(root, '.cache/pictures')
mkdirSync(pictures, { recursive: true })

// PATH as an activated environment has it: MLflow starts uvicorn by its name
const env = {
  ...process.env,
  PATH: `${environment}/bin:${process.env.PATH}`,
  // uvicorn kills workers that were silent for 5 s, and with them what they were answering: on a busy machine, all of them
  UVICORN_TIMEOUT_WORKER_HEALTHCHECK: '120',
}

/** A guard with its app: MLflow as its child, or whatever the options say. */
export interface Guarded {
  readonly program: Program
  /** The guard's. */
  readonly port: number
  /** MLflow's own. */
  readonly upstreamPort: number
}

/** `htpasswd serve users -- mlflow server …`, on every IPv4 address, up to its message that it is ready. */
export const startWithMlflow = (folder: string, ...options: string[]): Promise<Guarded> =>
  startGuardedMlflow(folder, [], options)

/** The same with options of the guard's own, which may name its port. */
export async function startGuardedMlflow(
  folder: string,
  guardOptions: readonly string[],
  options: readonly string[] = [],
  wantedPort?: number,
): Promise<Guarded> {
  const [port, upstreamPort] = [wantedPort ?? (await freePort()), await freePort()]
  const app = ['mlflow', 'server', '--port', String(upstreamPort), ...options]
  const program = startServe(folder, '--listen', `0.0.0.0:${port}`, ...guardOptions, '--', ...app)
  await untilListening(upstreamPort, program, 3600)
  return { program, port, upstreamPort }
}

/** A second guard before the same MLflow. */
export const startBefore = async (folder: string, upstream: string, ...options: string[]): Promise<Guarded> =>
  startBeforeAt(await freePort(), folder, upstream, ...options)

/** The same at a port that the options name. */
export async function startBeforeAt(
  port: number,
  folder: string,
  upstream: string,
  ...options: string[]
): Promise<Guarded> {
  const program = startServe(folder, '--upstream', upstream, '--listen', `127.0.0.1:${port}`, ...options)
  await untilListening(port, program)
  return { program, port, upstreamPort: Number(new URL(upstream).port) }
}

const startServe = (folder: string, ...args: string[]): Program =>
  startProgram(process.execPath, [command, 'serve', 'users', ...args], { cwd: folder, env })

export interface Step {
  readonly step: string
  readonly ok: boolean
  readonly error?: string
}

/** Runs the client's script; one entry for each of its steps. */
export async function runClient(
  which: 'all' | 'token' | 'short',
  variables: NodeJS.ProcessEnv,
): Promise<Step[]> {
  const output = await runPython([clientScript, which], variables)
  const lines = output.split('\n').filter(line => line.startsWith('{"step"'))
  return lines.map(line => JSON.parse(line) as Step)
}

/** Asks as a script of MLflow's UI does. It is evaluated in a page, so it can use nothing of this module. */
export async function askFromPage(path = '/ajax-api/2.0/mlflow/experiments/search?max_results=1') {
  const response = await fetch(path)
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    text: await response.text(),
  }
}

/** What a Python program with these variables wrote to standard output. */
export function runPython(args: readonly string[], variables: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(python as string, args, {
      env: { PATH: process.env.PATH, HOME: homedir(), ...variables },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text
    })
    child.once('error', reject)
    child.once('close', () => resolve(output))
  })
}

/** All that a process has started, and what that has started. */
export function descendantsOf(pid: number): number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const pairs = rows.map(row => row.trim().split(/\s+/).map(Number) as [pid: number, parent: number])
  const below = (parent: number): number[] =>
    pairs.filter(pair => pair[1] === parent).flatMap(([child]) => [child, ...below(child)])
  return below(pid)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
