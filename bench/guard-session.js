// What a session costs: requests with its cookie beside requests with a remembered password, and a guard without --login.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashPassword } from '../dist/index.js'
import { printEnvironment, requirePrograms, temporaryFolder } from './environment.js'
import { startGuard, startUpstream } from './guard-servers.js'
import { inRounds, median } from './interleaved.js'
import { basicLogin, EACH_TURN, measureRequests } from './requests.js'

requirePrograms('wrk', 'nginx')

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9)
const PATH = '/api/2.0/mlflow/runs/get'
const PASSWORD = 'correct horse battery'
/** The most CPU that a request with a session may take, as a multiple of one with a remembered password. */
const MOST = 1
const basic = basicLogin('alice', PASSWORD)
const folder = temporaryFolder('session')
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

printEnvironment(`CPU per request, ${EACH_TURN}, median of ${ROUNDS} rounds`)
const upstream = await startUpstream(folder)
const plain = await startGuard(users, upstream.port)
const withLogin = await startGuard(users, upstream.port, ['--login'])
const cases = [
  [plain, basic],
  [withLogin, basic],
  [withLogin, await signIn(withLogin)],
]
const rounds = await inRounds(
  ROUNDS,
  cases,
  ([server, login]) => measureRequests(server, { headers: [login], path: PATH }).cpu,
)
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
