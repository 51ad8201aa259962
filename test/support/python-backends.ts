// Python servers behind a guard: the interpreter's own, and those of the environment that .ci/run makes.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, freePort, type Program, startProgram, untilListening } from './outside-program.ts'

const environment = join(import.meta.dirname, '../../.cache/backends/bin/python')

/** An interpreter with waitress, Cheroot and Hypercorn; undefined where it was not made. */
export const pythonWithServers = existsSync(environment) ? environment : undefined
/** Any interpreter. */
export const python = pythonWithServers ?? findProgram('python3')

/** Starts a script that listens on the port of its first argument. */
export async function startPython(interpreter: string, script: string): Promise<[Program, number]> {
  const port = await freePort()
  const program = startProgram(interpreter, ['-c', script, String(port)])
  await untilListening(port, program)
  return [program, port]
}
