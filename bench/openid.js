// What sign-in with a provider costs those who do not use it: the start and the memory of `serve --login` beside a copy of
// the package without that code and its libraries. With the options, for comparison, in the last column.
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { environment, printEnvironment, temporaryFolder } from './environment.js'
import { inRounds, median } from './interleaved.js'

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 15)
/** The most that the start and the memory may be of those of the copy. */
const MOST = 1.05
const LIBRARIES = ['jose', 'oauth4webapi', 'openid-client']
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = temporaryFolder('openid')
const users = join(folder, 'users')
writeFileSync(users, 'ann@example.com:*\n')

/** A copy of the package, with or without the code of providers. */
function copyPackage(name, hasProviders) {
  const copy = join(folder, name)
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true })
  mkdirSync(join(copy, 'node_modules'))
  for (const library of readdirSync(join(root, 'node_modules'))) {
    if (library.startsWith('.') || (!hasProviders && LIBRARIES.includes(library))) continue
    symlinkSync(join(root, 'node_modules', library), join(copy, 'node_modules', library))
  }
  if (!hasProviders)
    for (const part of ['auth', 'http']) rmSync(join(copy, 'dist', part, 'openid'), { recursive: true })
  return join(copy, 'bin', 'htpasswd.js')
}

/** Milliseconds to the message that it is ready, and its memory then in MB. */
async function start([bin, ...options]) {
  const begin = performance.now()
  const args = [
    bin,
    'serve',
    users,
    '--demo',
    '--login',
    '--log',
    'off',
    '--listen',
    '127.0.0.1:0',
    ...options,
  ]
  const child = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  await new Promise((resolve, reject) => {
    let output = ''
    const read = text => {
      output += text
      if (output.includes('Guarding')) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', () => reject(new Error(output)))
  })
  const time = performance.now() - begin
  const memory =
    Number(spawnSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' }).stdout) / 1024
  const ended = new Promise(resolve => child.once('close', resolve))
  child.kill('SIGKILL')
  await ended
  return { time, memory }
}

printEnvironment(`start of serve --login and its memory, median of ${ROUNDS} rounds`)
const whole = copyPackage('whole', true)
const provider = ['--public-url', 'https://ml.example', '--oidc-client-id', 'mlflow']
const sides = [
  [copyPackage('without', false)],
  [whole],
  // nothing answers there, which costs no time at the start
  [whole, ...provider, '--oidc-issuer', 'http://127.0.0.1:9'],
]
const rounds = await inRounds(ROUNDS, sides, start)
for (const [what, unit] of [
  ['time', 'ms'],
  ['memory', 'MB'],
]) {
  const [without, ours, used] = sides.map((_, i) => median(rounds.map(round => round[i][what])))
  const ratio = median(rounds.map(([copy, all]) => all[what] / copy[what]))
  if (ratio > MOST) process.exitCode = 1
  const figures = [without, ours, used].map(value => value.toFixed(1).padStart(7)).join(' ')
  console.log(
    `${what.padEnd(8)} ${figures} ${unit}   ${ratio.toFixed(3)} x without the code (at most ${MOST})`,
  )
}
