// Requests to the measured servers, all of one verified user: how many a second, and what each costs the server.
import { execFileSync } from 'node:child_process'
import { cpuSeconds } from './guard-servers.js'

const SECONDS = Number(process.env.BENCH_SECONDS ?? 2)
export const CONNECTIONS = 32
/** For the title of a bench. */
export const EACH_TURN = `${CONNECTIONS} connections, ${SECONDS} s each`

/** The header of HTTP Basic. */
export const basicLogin = (user, password) =>
  `Authorization: Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/**
 * @param headers such as `Authorization: …`.
 * @returns requests per second, and CPU microseconds of the server per request.
 */
export function measureRequests(
  { name, pid, port },
  { headers, path = '/hello', connections = CONNECTIONS },
) {
  const before = cpuSeconds(pid)
  const options = ['-t1', `-c${connections}`, `-d${SECONDS}s`, ...headers.flatMap(header => ['-H', header])]
  const output = execFileSync('wrk', [...options, `http://127.0.0.1:${port}${path}`], { encoding: 'utf8' })
  const cpu = cpuSeconds(pid) - before
  const requests = Number(/(\d+) requests in/.exec(output)?.[1])
  const failed = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0)
  if (failed > 0) throw new Error(`${name}: ${failed} of ${requests} were refused`)
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]), cpu: (cpu * 1e6) / requests }
}
