// Windows' own programs, by full path: otherwise a program of the same name in the current folder would run.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const systemProgram = (name: string, env: NodeJS.ProcessEnv = process.env): string =>
  join(env.SystemRoot ?? 'C:\\Windows', 'System32', `${name}.exe`)

/**
 * Runs one, for at most `timeout` milliseconds. An async function, so that it also rejects for errors of CreateProcess
 * without a name (`UNKNOWN`), which Node throws synchronously.
 *
 * @returns what it printed; rejects if it is missing or fails.
 */
export async function runSystemProgram(
  name: string,
  args: readonly string[],
  timeout: number,
): Promise<string> {
  const options = { timeout, windowsHide: true }
  return (await promisify(execFile)(systemProgram(name), [...args], options)).stdout
}
