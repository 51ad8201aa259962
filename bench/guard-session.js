// What a session costs: requests with its cookie beside requests with a remembered password, and a guard without --login.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashPassword } from '../dist/index.js'
import { printEnvironment, requirePrograms } from './environment.js'
import { cpuSeconds, startGuard, startUpstream } from './guard-servers.js'
import { median } from './interleaved.js'

requirePrograms('wrk', 'nginx')

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 2)
const CONNECTIONS = 32
const PATH = '/api/2.0/mlflow/runs/get'
const PASSWORD = 'correct horse battery'
/** The most CPU that a request with a session may take, as a multiple of one with a remembered password. */
const MOST = 1
const basic = `Authorization: Basic ${Buffer.from(`alice:${PASSWORD}`).toString('base64')}`
const folder = mkdtempSync(join(tmpdir(), 'bench-session-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const users = join(folder, 'users')
writeFileSync(users, `alice:${await hashPassword(PASSWORD, { format: 'sha1' })}\n`)

/** The cookie of a new session, as a header. */
async function signIn({ port }) {
  const address = `http://127.0.0.1:${port}`
  const response = await fetch(`${address}/.htpasswd/login`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'alice', password: PASSWORD }),
    headers: { origin: address },
    redirect: 'manual',
  })
  return `Cookie: ${response.headers.getSetCookie()[0].split(';')[0]}`
}

/** CPU microseconds of the server per request. */
function measure([server, login]) {
  const before = cpuSeconds(server.pid)
  const url = `http://127.0.0.1:${server.port}${PATH}`
  const output = execFileSync('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, '-H', login, url], {
    encoding: 'utf8',
  })
  const requests = Number(/(\d+) requests in/.exec(output)?.[1])
  const failed = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0)
  if (failed > 0) throw new Error(`${server.name}: ${failed} of ${requests} were refused`)
  return ((cpuSeconds(server.pid) - before) * 1e6) / requests
}

printEnvironment(`CPU per request, ${CONNECTIONS} connections, median of ${ROUNDS} rounds of ${SECONDS} s`)
const upstream = await startUpstream(folder)
const plain = await startGuard(folder, users, upstream.port)
const withLogin = await startGuard(folder, users, upstream.port, ['--login'])
const cases = [
  [plain, basic],
  [withLogin, basic],
  [withLogin, await signIn(withLogin)],
]
// the first round is a warm-up; the machine's speed drifts, so the ratio is that of each round
const rounds = Array.from({ length: ROUNDS + 1 }, () => cases.map(measure)).slice(1)
const line = (title, i) =>
  `${title.padEnd(38)} ${median(rounds.map(round => round[i]))
    .toFixed(1)
    .padStart(6)} us`
console.log(line('remembered password, without --login', 0))
console.log(line('remembered password, with --login', 1))
console.log(line('session', 2))
const ratio = median(rounds.map(([, password, session]) => session / password))
console.log(`${ratio.toFixed(3)} x (at most ${MOST})`)
await plain.stop()
await withLogin.stop()
await upstream.stop()
