// What `htpasswd export` prints, read by the program that it is for: the right password logs in, a wrong one does not; and
// what it refuses to copy does not work there.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ExportedRecord, type Target, targets } from '../../src/cli/commands/export/targets.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import { formats } from '../../src/hash/registry.ts'
import {
  eventually,
  findInEnvironment,
  freePort,
  type Program,
  skipReason,
  startProgram,
  untilListening,
} from '../support/outside-program.ts'
import { ask, basic } from '../support/raw-client.ts'
import { run, runBin } from '../support/run.ts'
import { StubUpstream } from '../support/stub-upstream.ts'
import { proxyPrograms } from './auth-proxies.ts'

const bin = fileURLToPath(new URL('../../bin/htpasswd.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'export-'))
const app = new StubUpstream()
beforeAll(() => app.listen())
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const PASSWORD = 'wonder land'
/** Names that a YAML file, Traefik's templates, Compose or a Caddyfile could read in their own way. */
const names = [
  ...String.raw`ann zoë 😀 LAB\ann a\ a"b "q" it's a#b { x} {x} \{x} {$HOME} {env.HOME} a$b $HOME $$ a%b a,b`.split(
    ' ',
  ),
  ...'- ~ null 1 &a *a !a | > @a [a] <<a import'.split(' '),
  ...['a b', 'a`b', '`a`', 'a`b"c', 'a\\`"', 'a\\"`', '{{ env "HOME" }}', '\u0085b', '\u00a0b'],
  ...['a\u0085b', 'a\u00a0b', 'a\u2028b', 'a\ufeffb', `\${HOME}`],
]
let hash: string
beforeAll(async () => {
  hash = await hashPassword(PASSWORD, { cost: 4 })
})

/** The users whose names the target can hold, and the output with them. */
async function exported(target: keyof typeof targets): Promise<{ users: string[]; output: string }> {
  const users = names.filter(user => targets[target].problem({ user, hash }) === undefined)
  writeFileSync(join(folder, 'users'), users.map(name => `${name}:${hash}\n`).join(''))
  const { status, stdout, stderr } = await runBin(['export', '--for', target, 'users'], { cwd: folder })
  expect([status, stderr]).toEqual([0, ''])
  return { users, output: Buffer.from(stdout, 'latin1').toString() }
}

/** What a server says to each name with the right and with a wrong password. */
async function logins(port: number, path: string, users: readonly string[]): Promise<object> {
  const statuses = users.map(async name => {
    const right = await ask({ port, path, headers: [basic(name, PASSWORD)] })
    const wrong = await ask({ port, path, headers: [basic(name, 'wrong')] })
    return [name, [right.status, wrong.status]] as const
  })
  return Object.fromEntries(await Promise.all(statuses))
}
const allLogIn = (users: readonly string[]): object =>
  Object.fromEntries(users.map(name => [name, [200, 401]]))

/** Records of every kind, and of the names that the target cannot hold, all with the same password. */
async function records({ problem }: Target): Promise<Record<string, ExportedRecord>> {
  const made = formats
    .filter(({ id }) => id !== 'plaintext')
    .map(async ({ id }) => {
      const cost = id === 'bcrypt' ? { cost: 4 } : {}
      return [id, await hashPassword(PASSWORD, { format: id as never, ...cost })] as const
    })
  const hashes = Object.fromEntries(await Promise.all(made)) as Record<string, string>
  const { bcrypt = '', apr1 = '' } = hashes
  Object.assign(hashes, {
    'bcrypt 2a': bcrypt.replace('$2y$', '$2a$'),
    'bcrypt 2b': bcrypt.replace('$2y$', '$2b$'),
    'bcrypt 2x': bcrypt.replace('$2y$', '$2x$'),
    'bcrypt and blanks': `${bcrypt}  `,
    'apr1 and blanks': `${apr1}  `,
    'bcrypt with stray bits': bcrypt.slice(0, 28) + stray(bcrypt[28] as string) + bcrypt.slice(29),
    'bcrypt with doubled dollars': bcrypt.replaceAll('$', '$$$$'),
    'cut bcrypt': bcrypt.slice(0, -1),
    'plain text': PASSWORD,
    '{PLAIN}': `{PLAIN}${PASSWORD}`,
    'a service account': '*',
    'a locked record': `!${bcrypt}`,
    'no hash': '',
    argon2: '$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$qyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyw',
  })
  const ofNames = names
    .map(user => ({ user, hash }))
    .filter(problem)
    .map(record => [`the name ${JSON.stringify(record.user)}`, record])
  const ofHashes = Object.entries(hashes).map(([kind, text]) => [kind, { user: 'ann', hash: text }])
  return Object.fromEntries([...ofHashes, ...ofNames])
}

describe('traefik', () => {
  const { program, command } = proxyPrograms.Traefik
  const missing = skipReason({ Traefik: program })

  /** Traefik with one middleware for each text, at /0/, /1/ …; texts that it refuses leave 404. */
  async function startTraefik(texts: readonly string[]): Promise<{ port: number; program: Program }> {
    const port = await freePort()
    const dynamic = mkdtempSync(join(folder, 'dynamic-'))
    for (const [i, text] of texts.entries()) writeFileSync(join(dynamic, `users${i}.yaml`), text)
    const routers = texts.map((_, i) => [
      `route${i}`,
      { rule: `PathPrefix(\`/${i}/\`)`, middlewares: [`users${i}`], service: 'app' },
    ])
    const services = { app: { loadBalancer: { servers: [{ url: `http://127.0.0.1:${app.port}` }] } } }
    const started = { rule: 'Path(`/started`)', service: 'app' }
    writeFileSync(
      join(dynamic, 'routes.yaml'),
      JSON.stringify({ http: { routers: { ...Object.fromEntries(routers), started }, services } }),
    )
    const path = join(folder, 'traefik.yaml')
    const entryPoints = { web: { address: `127.0.0.1:${port}` } }
    writeFileSync(path, JSON.stringify({ entryPoints, providers: { file: { directory: dynamic } } }))
    const traefik = startProgram(program as string, command(path))
    await untilListening(port, traefik)
    await eventually('the routes of Traefik', async () => {
      const { status } = await ask({ port, path: '/started' })
      return status === 200 || undefined
    })
    return { port, program: traefik }
  }

  test.skipIf(missing)('every user of the output logs in', async () => {
    const { users, output } = await exported('traefik')
    const { port, program } = await startTraefik([output.replace('    htpasswd:\n', '    users0:\n')])
    await using _ = program
    expect(await logins(port, '/0/', users)).toEqual(allLogIn(users))
  })

  test.skipIf(missing)('what is refused does not work there, and the rest does', async () => {
    const kinds = Object.entries(await records(targets.traefik))
    const texts = kinds.map(([, record], i) => targets.traefik.format([record], `users${i}`))
    const { port, program } = await startTraefik(texts)
    await using _ = program
    const found = kinds.map(async ([kind, record], i) => {
      const { status } = await ask({ port, path: `/${i}/`, headers: [basic(record.user, PASSWORD)] })
      return [kind, status === 200, targets.traefik.problem(record) === undefined]
    })
    for (const [kind, works, allowed] of await Promise.all(found))
      expect([kind, allowed]).toEqual([kind, works])
  })
})

const caddys = { 'Caddy 2.6': 'basicauth', 'Caddy 2.11.1': 'basic_auth' } as const

describe.each(Object.entries(caddys))('%s', (name, directive) => {
  const { program, command } = proxyPrograms[name as keyof typeof caddys]
  const missing = skipReason({ [name]: program })

  async function startCaddy(block: string): Promise<{ port: number; program: Program }> {
    const port = await freePort()
    const home = mkdtempSync(join(folder, 'caddy-'))
    const path = join(home, 'Caddyfile')
    const site = `${block.replace('basic_auth', directive)}\nrespond in`
    writeFileSync(path, `{\n\tadmin off\n}\nhttp://127.0.0.1:${port} {\n${site}\n}\n`)
    const env = { ...process.env, HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home }
    return { port, program: startProgram(program as string, command(path), { cwd: home, env }) }
  }

  test.skipIf(missing)('every user of the output logs in', async () => {
    const { users, output } = await exported('caddy')
    const { port, program } = await startCaddy(output)
    await using _ = program
    await untilListening(port, program)
    expect(await logins(port, '/', users)).toEqual(allLogIn(users))
  })

  test.skipIf(missing)('what is refused does not work there, and the rest does', async () => {
    for (const [kind, record] of Object.entries(await records(targets.caddy))) {
      const isRefused = targets.caddy.problem(record) !== undefined
      const { port, program } = await startCaddy(targets.caddy.format([record]))
      await using _ = program
      // with some names it runs, but serves another port
      const starts = await untilListening(port, program, isRefused ? 20 : undefined).then(
        () => true,
        () => false,
      )
      const works = starts && (await ask({ port, headers: [basic(record.user, PASSWORD)] })).status === 200
      expect([kind, works]).toEqual([kind, !isRefused])
    }
  })
})

const python = findInEnvironment('deploy', 'python')
const noPython = skipReason({ 'the environment .cache/deploy': python })

/** The document of a YAML file, by PyYAML. */
async function parsedYaml(text: string) {
  const script = 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin.buffer), sys.stdout)'
  const { status, stdout, stderr } = await run(python as string, ['-c', script], { stdin: text })
  expect([status, stderr]).toEqual([0, ''])
  return JSON.parse(stdout)
}

/** As Compose interpolates: `$$` is a dollar, any other `$` begins a variable. */
const interpolated = (text: string): string =>
  text.replace(/\$(.?)/g, (found, next) => {
    expect(found, 'a variable of Compose').toBe('$$')
    return next
  })

describe('compose', () => {
  test.skipIf(noPython)('serve logs in every user of HTPASSWD_USERS, as Compose reads it', async () => {
    const { users, output } = await exported('compose')
    expect(users).toEqual(names)
    const { services } = await parsedYaml(output)
    const value = interpolated(services.htpasswd.environment.HTPASSWD_USERS)
    expect(value.trimEnd().split('\n')).toEqual(users.map(user => `${user}:${hash}`))
    const port = await freePort()
    const upstream = ['--upstream', `http://127.0.0.1:${app.port}`, '--listen', `127.0.0.1:${port}`]
    await using guard = startProgram(process.execPath, [bin, 'serve', ...upstream, '--max-failures', '0'], {
      env: { ...process.env, HTPASSWD_USERS: value },
    })
    await untilListening(port, guard)
    expect(await logins(port, '/', users)).toEqual(allLogIn(users))
  })
})

describe('kubernetes', () => {
  test.skipIf(noPython)('the Secret holds the bytes of the file', async () => {
    const { users, output } = await exported('kubernetes')
    expect(users).toEqual(names)
    const { data } = await parsedYaml(output)
    expect(Buffer.from(data['.htpasswd'], 'base64')).toEqual(readFileSync(join(folder, 'users')))
  })
})

/** The neighbour of a salt's last character that differs in bits which the salt does not have. */
const stray = (character: string): string => {
  const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  return alphabet[alphabet.indexOf(character) ^ 1] as string
}
