// Windows' own Node for the tests: on Windows it is this one, on Linux it runs under Wine. Output goes to files, since
// Node's pipes do not work under Wine.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe } from 'vitest'
import { skipReason } from '../support/outside-program.ts'
import type { Run } from '../support/run.ts'
import { keepWindowsUp, makeWindows, nodeExe, wine, wineEnvironment } from './make-windows.js'

export const isWindows = process.platform === 'win32'

/** Why there is no Windows here; undefined where there is one. */
export const noWindows = isWindows ? undefined : skipReason({ wine64: wine })

/** What Windows calls this file: Wine shows the whole of this system as drive Z. */
export const windowsPath = (path: string): string =>
  isWindows ? path : `Z:${resolve(path).replaceAll('/', '\\')}`

/** The built command, as Windows names it. */
export const windowsBin = windowsPath(fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url)))

/** Windows' Node, as Windows names it. */
export const windowsNode = isWindows ? process.execPath : windowsPath(nodeExe)

/**
 * A group of tests on Windows; `missing` says why it is skipped. Makes Windows before the first test, keeps it up between
 * them. On a busy machine Wine now and then fails to start a program, without a word (status 1, or `spawn UNKNOWN` in
 * a program under it), so under it a test that fails has two more tries.
 */
export function onWindows(name: string, tests: () => void, missing = noWindows): void {
  const title = missing === undefined ? name : `${name} (${missing})`
  describe.skipIf(missing !== undefined)(title, { retry: isWindows ? 0 : 2 }, () => {
    if (!isWindows)
      beforeAll(() => {
        makeWindows()
        keepWindowsUp()
      })
    tests()
  })
}

export interface WindowsOptions {
  readonly cwd?: string | undefined
  readonly stdin?: string | Buffer | undefined
  readonly env?: NodeJS.ProcessEnv | undefined
}

/** A program that runs on Windows, or has run. */
export interface WindowsProgram {
  readonly process: ChildProcess
  /** What it wrote so far, one character a byte. */
  stdout(): string
  stderr(): string
  /** Resolves with the exit status. */
  readonly ended: Promise<number | null>
}

const folders: string[] = []
const children: ChildProcess[] = []
afterAll(() => {
  // what a test that failed left running
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** How this system starts a Windows program; `node` is Windows' Node. */
export function windowsCommand(program: string, args: readonly string[]): [string, string[]] {
  if (isWindows) return [program === 'node' ? process.execPath : program, [...args]]
  return [wine as string, [program === 'node' ? nodeExe : program, ...args]]
}

export const windowsEnvironment = (env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  ...(isWindows ? {} : { ...wineEnvironment, NODE_EXE: windowsNode }),
  ...env,
})

/** Starts a program without a console, its streams in files. */
export function startWindows(
  program: string,
  args: readonly string[],
  { cwd, stdin = '', env }: WindowsOptions = {},
): WindowsProgram {
  const folder = mkdtempSync(join(tmpdir(), 'windows-'))
  folders.push(folder)
  const [input, output, errors] = ['in', 'out', 'err'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(input, stdin)
  const files = [openSync(input, 'r'), openSync(output, 'w'), openSync(errors, 'w')] as const
  const options: SpawnOptions = { cwd, env: windowsEnvironment(env), stdio: [...files], detached: !isWindows }
  const child = spawn(...windowsCommand(program, args), options)
  children.push(child)
  for (const file of files) closeSync(file)
  const ended = once(child, 'exit').then(([status]) => status as number | null)
  return {
    process: child,
    stdout: () => readFileSync(output, 'latin1'),
    stderr: () => readFileSync(errors, 'latin1'),
    ended,
  }
}

/** Runs a program to its end. */
export async function runWindows(
  program: string,
  args: readonly string[],
  options?: WindowsOptions,
): Promise<Run> {
  const started = startWindows(program, args, options)
  const status = await started.ended
  return { status, stdout: started.stdout(), stderr: started.stderr() }
}

/** The built command on Windows. */
export const runWindowsBin = (args: readonly string[], options?: WindowsOptions): Promise<Run> =>
  runWindows('node', [windowsBin, ...args], options)
