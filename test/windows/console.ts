// A console of Windows for the tests, drawn by Wine on a pseudo-terminal; a real one cannot be typed at from outside.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { findProgram, skipReason } from '../support/outside-program.ts'
import { isWindows, noWindows, windowsCommand, windowsEnvironment } from './windows.ts'

const driver = fileURLToPath(new URL('type_at_console.py', import.meta.url))

/** Waits for a text on the screen, then answers the prompt that it is, types, or closes the console. */
export type ConsoleStep = { after: string } & ({ answer: string } | { type: string } | { close: true })

export interface Dialogue {
  readonly status: number | null
  readonly screen: string
  /** Steps whose text never came. */
  readonly left: number
}

/** Why no console can be typed at here. */
export const noConsole = isWindows
  ? 'needs somebody who types'
  : (noWindows ?? skipReason({ python3: findProgram('python3') }))

/** Runs a program on a console of its own and plays the steps. */
export async function typeAtConsole(
  program: string,
  args: readonly string[],
  steps: readonly ConsoleStep[],
  { cwd, env }: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<Dialogue> {
  const [command, words] = windowsCommand(program, args)
  const child = spawn('python3', [driver, JSON.stringify({ argv: [command, ...words], steps })], {
    cwd,
    env: { ...windowsEnvironment(env), TERM: 'xterm', COLUMNS: '120' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return JSON.parse(output) as Dialogue
}
