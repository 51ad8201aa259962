// A personal access token beside a remembered password: CPU per request of one guard, asked in turn; and how long a file of
// 100,000 tokens takes to load.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addToken } from '../dist/auth/tokens/manage.js'
import { digestOf, generateToken, tokenId } from '../dist/auth/tokens/token.js'
import { recordFingerprint, TokensDocument } from '../dist/document/tokens.js'
import { hashPassword } from '../dist/index.js'
import { openTokens } from '../dist/store/token-file.js'
import { printEnvironment, requirePrograms, temporaryFolder } from './environment.js'
import { startGuard, startUpstream } from './guard-servers.js'
import { inRounds, median } from './interleaved.js'
import { basicLogin, EACH_TURN, measureRequests } from './requests.js'

requirePrograms('wrk', 'nginx')

const ROUNDS = 7
/** The most CPU of a request with a token, as a multiple of one with a remembered password. */
const MOST_CPU = 1.05
const TOKENS = 100_000
const MOST_LOAD_MS = 500

const folder = temporaryFolder('tokens')
const users = join(folder, 'users')
const files = { file: users, tokens: `${users}.tokens` }
writeFileSync(users, `alice:${await hashPassword('correct horse', { cost: 10 })}\n`)
const token = await addToken(files, { user: 'alice', name: 'bench', scope: 'all' }, Date.now())
const logins = {
  'a remembered password': basicLogin('alice', 'correct horse'),
  'a token, as Bearer': `Authorization: Bearer ${token}`,
  'a token, as a password': basicLogin('alice', token),
}

printEnvironment(`CPU of one guard per request, ${EACH_TURN}, median of ${ROUNDS} rounds`)
const upstream = await startUpstream(folder)
const guard = await startGuard(users, upstream.port)

const titles = Object.keys(logins)
const rounds = await inRounds(
  ROUNDS,
  Object.values(logins),
  login => measureRequests(guard, { headers: [login] }).cpu,
)
for (const [i, title] of titles.entries()) {
  const cpu = median(rounds.map(round => round[i]))
  const ratio = median(rounds.map(round => round[i] / round[0]))
  console.log(`${title.padEnd(24)} ${cpu.toFixed(1).padStart(7)} us  ${ratio.toFixed(3)}  target ${MOST_CPU}`)
  if (ratio > MOST_CPU) process.exitCode = 1
}
await guard.stop()
await upstream.stop()

const document = new TokensDocument()
for (let i = 0; i < TOKENS; i++) {
  const text = generateToken()
  const id = tokenId(text)
  const record = { id, user: `user${i % 1000}`, digest: digestOf(text), scope: 'all', name: 'ci' }
  document.set({ ...record, created: 1, expires: 2, records: [recordFingerprint(id, String(i))] })
}
const path = join(folder, 'many.tokens')
writeFileSync(path, document.toBuffer())
const times = []
for (let run = 0; run < 5; run++) {
  const start = performance.now()
  const { value } = await openTokens(path)
  times.push(performance.now() - start)
  if (value.size !== TOKENS) throw new Error(`expected ${TOKENS} tokens, got ${value.size}`)
}
const load = median(times)
console.log(`${TOKENS.toLocaleString('en')} tokens load in ${load.toFixed(0)} ms  target ${MOST_LOAD_MS} ms`)
if (load > MOST_LOAD_MS) process.exitCode = 1
