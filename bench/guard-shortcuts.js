// What each shortcut of the guard's request path saves: the guard beside itself without that shortcut, in turns.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { hashPassword } from '../dist/index.js'
import { printEnvironment, requirePrograms } from './environment.js'
import { cpuSeconds, freePort, start, startUpstream } from './guard-servers.js'
import { median } from './interleaved.js'

requirePrograms('wrk', 'nginx')

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 2)
const root = dirname(import.meta.dirname)
const folder = mkdtempSync(join(tmpdir(), 'bench-shortcuts-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const bodyOf = name => new RegExp(`export function ${name}\\(([^)]*)\\) \\{[\\s\\S]*?\\n\\}`)
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
    path: 'hello',
    file: 'http/proxy/response-writer.js',
    edits: [[bodyOf('writeWhole'), "export function writeWhole(res, text) { res.end(text, 'latin1') }"]],
  },
  {
    name: "header rules of a browser's request",
    path: 'hello',
    headers: browserHeaders,
    file: 'http/proxy/header-lists.js',
    edits: [
      [
        bodyOf('memoizeByName'),
        'export function memoizeByName(ruleOf) { return name => ruleOf(name.toLowerCase()) }',
      ],
    ],
  },
  {
    name: 'read buffers, short responses',
    path: 'hello',
    file: 'http/client/connection.js',
    edits: [
      [/dedicated \? target : \{ \.\.\.target, onread \}/, 'target'],
      [
        /if \(dedicated\)\s*this\.socket\.on\('data', this\.#onChunk\);\s*else\s*readOnAfterWriteError/,
        "this.socket.on('data', this.#onChunk); readOnAfterWriteError",
      ],
    ],
  },
]
shortcuts.push({ ...shortcuts[2], name: 'read buffers, 8 MB downloads', path: 'large' })

/** A copy of the package without one shortcut. */
function without({ name, file, edits }) {
  const copy = join(folder, name.replace(/\W+/g, '-'))
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  const path = join(copy, 'dist', file)
  let code = readFileSync(path, 'utf8')
  for (const [pattern, plain] of edits) {
    if (!pattern.test(code)) throw new Error(`${file} has other code now: ${name}`)
    code = code.replace(pattern, plain)
  }
  writeFileSync(path, code)
  return copy
}

async function startPackage(name, home, users, upstream) {
  const port = await freePort()
  const address = `127.0.0.1:${port}`
  const args = [
    'serve',
    users,
    '--upstream',
    `http://127.0.0.1:${upstream.port}`,
    '--listen',
    address,
    '--log',
    'off',
  ]
  return start(name, port, process.execPath, [join(home, 'bin/htpasswd.js'), ...args])
}

/** CPU microseconds a request. */
function measure({ pid, port }, { path, headers = [] }) {
  const before = cpuSeconds(pid)
  const url = `http://127.0.0.1:${port}/${path}`
  const args = [
    '-t1',
    path === 'large' ? '-c4' : '-c32',
    `-d${SECONDS}s`,
    ...[login, ...headers].flatMap(header => ['-H', header]),
    url,
  ]
  const output = execFileSync('wrk', args, { encoding: 'utf8' })
  return ((cpuSeconds(pid) - before) * 1e6) / Number(/(\d+) requests in/.exec(output)?.[1])
}

const users = join(folder, 'users')
writeFileSync(users, `alice:${await hashPassword('x', { format: 'sha1' })}\n`)
writeFileSync(join(folder, 'large'), Buffer.alloc(8 << 20))
const login = `Authorization: Basic ${Buffer.from('alice:x').toString('base64')}`
printEnvironment(
  `CPU of a request through the guard, as it is and without one shortcut; median of ${ROUNDS} rounds`,
)
const upstream = await startUpstream(folder)
const guard = await startPackage('guard', root, users, upstream)
console.log('shortcut                            as it is     without   without / as it is')
for (const shortcut of shortcuts) {
  const other = await startPackage(shortcut.name, without(shortcut), users, upstream)
  const rounds = Array.from({ length: ROUNDS + 1 }, () =>
    [guard, other].map(one => measure(one, shortcut)),
  ).slice(1)
  const cells = [0, 1].map(i => `${median(rounds.map(round => round[i])).toFixed(1)} us`.padStart(11))
  const ratio = median(rounds.map(([one, two]) => two / one))
  console.log(shortcut.name.padEnd(33), ...cells, ratio.toFixed(3).padStart(12))
  await other.stop()
  rmSync(join(folder, shortcut.name.replace(/\W+/g, '-')), { recursive: true, force: true })
}
await guard.stop()
await upstream.stop()
