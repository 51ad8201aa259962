// A personal access token beside a remembered password: CPU per request of one guard, asked in turn; and how long a file of
// 100,000 tokens takes to load.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addToken } from '../dist/auth/tokens/manage.js'
import { digestOf, generateToken, tokenId } from '../dist/auth/tokens/token.js'
import { recordFingerprint, TokensDocument } from '../dist/document/tokens.js'
import { hashPassword } from '../dist/index.js'
import { openTokens } from '../dist/store/token-file.js'
import { printEnvironment, requirePrograms } from './environment.js'
import { cpuSeconds, startGuard, startUpstream } from './guard-servers.js'
import { median } from './interleaved.js'

requirePrograms('wrk', 'nginx')

const SECONDS = Number(process.env.BENCH_SECONDS ?? 2)
const ROUNDS = 7
/** The most CPU of a request with a token, as a multiple of one with a remembered password. */
const MOST_CPU = 1.05
const TOKENS = 100_000
const MOST_LOAD_MS = 500

const folder = mkdtempSync(join(tmpdir(), 'bench-tokens-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const users = join(folder, 'users')
const files = { file: users, tokens: `${users}.tokens` }
writeFileSync(users, `alice:${await hashPassword('correct horse', { cost: 10 })}\n`)
const token = await addToken(files, { user: 'alice', name: 'bench', scope: 'all' }, Date.now())
const basic = password => `Basic ${Buffer.from(`alice:${password}`).toString('base64')}`
const logins = {
  'a remembered password': basic('correct horse'),
  'a token, as Bearer': `Bearer ${token}`,
  'a token, as a password': basic(token),
}

printEnvironment(`CPU of one guard per request, 32 connections, median of ${ROUNDS} rounds of ${SECONDS} s`)
const upstream = await startUpstream(folder)
const guard = await startGuard(folder, users, upstream.port)

/** CPU microseconds per request. */
function measure(login) {
  const before = cpuSeconds(guard.pid)
  const target = `http://127.0.0.1:${guard.port}/hello`
  const args = ['-t1', '-c32', `-d${SECONDS}s`, '-H', `Authorization: ${login}`, target]
  const output = execFileSync('wrk', args, { encoding: 'utf8' })
  if (output.includes('Non-2xx')) throw new Error('requests were refused')
  return ((cpuSeconds(guard.pid) - before) * 1e6) / Number(/(\d+) requests in/.exec(output)?.[1])
}

const names = Object.keys(logins)
const rounds = Array.from({ length: ROUNDS + 1 }, (_, round) => {
  const row = {}
  // each is first equally often
  for (let i = 0; i < names.length; i++) {
    const name = names[(i + round) % names.length]
    row[name] = measure(logins[name])
  }
  return row
}).slice(1)
for (const name of names) {
  const cpu = median(rounds.map(round => round[name]))
  const ratio = median(rounds.map(round => round[name] / round[names[0]]))
  console.log(`${name.padEnd(24)} ${cpu.toFixed(1).padStart(7)} us  ${ratio.toFixed(3)}  target ${MOST_CPU}`)
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
