// What each shortcut of the guard's request path saves: the guard beside itself without that shortcut, in turns.
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hashPassword } from '../dist/index.js'
import { printEnvironment, requirePrograms, temporaryFolder } from './environment.js'
import { startGuard, startUpstream } from './guard-servers.js'
import { inRounds, median } from './interleaved.js'
import { basicLogin, measureRequests } from './requests.js'

requirePrograms('wrk', 'nginx')

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9)
const root = dirname(import.meta.dirname)
const folder = temporaryFolder('shortcuts')

/** The code of a function, for an edit that keeps its head. */
const codeOf = name => new RegExp(`(export function ${name}\\b[^{]*\\{)[^]*?\\n\\}`)
/** What Chromium sends with a request of MLflow's page, but the login. */
const browserHeaders = [
  'Accept: application/json, text/plain, */*',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9',
  'Cache-Control: no-cache',
  'Cookie: theme=dark; _ga=GA1.1.123456789.1234567890',
  'Pragma: no-cache',
  'Sec-CH-UA: "Chromium";v="156", "Not-A.Brand";v="24"',
  'Sec-CH-UA-Mobile: ?0',
  'Sec-CH-UA-Platform: "Linux"',
  'Sec-Fetch-Dest: empty',
  'Sec-Fetch-Mode: cors',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  'X-MLflow-Workspace: default',
]
/** Each shortcut, what is requested, and the plain code in its place. */
const shortcuts = [
  {
    name: 'head and body in one write',
    path: '/hello',
    file: 'http/proxy/response-writer.ts',
    edits: [[codeOf('writeWhole'), "$1 res.end(text, 'latin1') }"]],
  },
  {
    name: "header rules of a browser's request",
    path: '/hello',
    headers: browserHeaders,
    file: 'http/proxy/header-lists.ts',
    edits: [[codeOf('memoizeByName'), '$1 return name => ruleOf(name.toLowerCase()) }']],
  },
  {
    name: 'read buffers, short responses',
    path: '/hello',
    file: 'http/client/connection.ts',
    edits: [
      [/dedicated \? target : \{ \.\.\.target, onread \}/, 'target'],
      [
        /if \(dedicated\) this\.socket\.on\('data', this\.#onChunk\)\s*else /,
        "this.socket.on('data', this.#onChunk)\n",
      ],
    ],
  },
]
shortcuts.push({ ...shortcuts[2], name: 'read buffers, 8 MB downloads', path: '/large', connections: 4 })

/** A copy of the package, built without one shortcut. */
function without({ name, file, edits }) {
  const copy = join(folder, name.replace(/\W+/g, '-'))
  for (const part of ['bin', 'build', 'src', 'package.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  const config = readFileSync(join(root, 'tsconfig.json'), 'utf8')
  writeFileSync(join(copy, 'tsconfig.json'), config.replace(/("noUnused\w+"): true/g, '$1: false'))
  const path = join(copy, 'src', file)
  let code = readFileSync(path, 'utf8')
  for (const [pattern, plain] of edits) {
    if (!pattern.test(code)) throw new Error(`${file} has other code now: ${name}`)
    code = code.replace(pattern, plain)
  }
  writeFileSync(path, code)
  execFileSync(process.execPath, ['build/build.js', 'modules', 'command'], { cwd: copy, stdio: 'inherit' })
  return copy
}

const users = join(folder, 'users')
writeFileSync(users, `alice:${await hashPassword('x', { format: 'sha1' })}\n`)
writeFileSync(join(folder, 'large'), Buffer.alloc(8 << 20))
const login = basicLogin('alice', 'x')
printEnvironment(
  `CPU of a request through the guard, as it is and without one shortcut; median of ${ROUNDS} rounds`,
)
const upstream = await startUpstream(folder)
const guard = await startGuard(users, upstream.port)
console.log('shortcut                            as it is     without   without / as it is')
for (const shortcut of shortcuts) {
  const other = await startGuard(users, upstream.port, [], without(shortcut))
  const { path, connections, headers = [] } = shortcut
  const request = { path, connections, headers: [login, ...headers] }
  const rounds = await inRounds(ROUNDS, [guard, other], server => measureRequests(server, request).cpu)
  const cells = [0, 1].map(i => `${median(rounds.map(round => round[i])).toFixed(1)} us`.padStart(11))
  const ratio = median(rounds.map(([asItIs, without]) => without / asItIs))
  console.log(shortcut.name.padEnd(33), ...cells, ratio.toFixed(3).padStart(12))
  await other.stop()
  rmSync(join(folder, shortcut.name.replace(/\W+/g, '-')), { recursive: true, force: true })
}
await guard.stop()
await upstream.stop()
