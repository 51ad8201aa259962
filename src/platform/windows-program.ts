// Windows' own programs: by full path, or one of the same name in the current folder would be run.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const systemProgram = (name: string, env: NodeJS.ProcessEnv = process.env): string =>
  join(env.SystemRoot ?? 'C:\\Windows', 'System32', `${name}.exe`)

/**
 * Runs one, for so many milliseconds at most, and gives what it printed; rejects where it is missing or fails.
 * Async, for node throws at once, rather than report, the errors of CreateProcess that it has no name for: `UNKNOWN`.
 */
export async function runSystemProgram(
  name: string,
  args: readonly string[],
  timeout: number,
): Promise<string> {
  const options = { timeout, windowsHide: true }
  return (await promisify(execFile)(systemProgram(name), [...args], options)).stdout
}
