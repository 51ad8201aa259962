// Debian's redis-server, as replicas of the guard use it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram, freePort, type Program, startProgram, untilListening } from './outside-program.ts'

export const redisServer = findProgram('redis-server')

export interface Redis extends AsyncDisposable {
  readonly port: number
  readonly program: Program
}

/** Starts a server that keeps nothing on disk; with `sentinel`, one that watches servers as this configuration says. */
export async function startRedis(
  options: { port?: number; arguments?: readonly string[]; sentinel?: string } = {},
): Promise<Redis> {
  const port = options.port ?? (await freePort())
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const config = join(folder, 'redis.conf')
  const keepNothing = options.sentinel ?? 'save ""\nappendonly no'
  writeFileSync(config, `bind 127.0.0.1\ndir ${folder}\nprotected-mode no\n${keepNothing}\n`)
  const program = startProgram(redisServer as string, [
    config,
    ...['--port', String(port)],
    ...(options.arguments ?? []),
    ...(options.sentinel === undefined ? [] : ['--sentinel']),
  ])
  await untilListening(port, program)
  return {
    port,
    program,
    async [Symbol.asyncDispose]() {
      // a stopped process takes no other signal
      program.process.kill('SIGCONT')
      await program[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
