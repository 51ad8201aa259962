// The questions of the table in docs/sign-in.md, which `answersOf` asks a running proxy with a sign-in page.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { connect, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { hashPassword } from '../../dist/index.js'

const root = join(import.meta.dirname, '..', '..')
const PASSWORD = 'correct horse'
const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8'
const basicOfAlice = { authorization: `Basic ${Buffer.from(`alice:${PASSWORD}`).toString('base64')}` }

/** How each is started, and where its forms are. `place` has the password file, the app, the port and Redis. */
export const products = {
  'oauth2-proxy 7.15.6': {
    login: '/oauth2/sign_in',
    next: 'rd',
    signOut: ['GET', '/oauth2/sign_out'],
    // it knows only paths that need no login: here all others; asked without one
    rule: { options: ['--skip-auth-route', '!=^/create'], headers: {} },
    redis: ({ redis }) => [
      '--session-store-type',
      'redis',
      '--redis-connection-url',
      `redis://127.0.0.1:${redis}`,
    ],
    command: ({ port, file, upstream }) => [
      join(root, '.cache/oauth2-proxy/oauth2-proxy'),
      ...['--http-address', `127.0.0.1:${port}`, '--upstream', upstream, '--htpasswd-file', file],
      ...['--client-id', 'x', '--client-secret', 'x', '--cookie-secret', '0123456789abcdef'],
      ...['--email-domain', '*', '--cookie-secure=false'],
      ...['--redirect-url', `http://127.0.0.1:${port}/oauth2/callback`],
    ],
  },
  '`htpasswd serve --login`': {
    login: '/.htpasswd/login',
    next: 'next',
    signOut: ['POST', '/.htpasswd/logout'],
    // asked as alice
    rule: {
      options: ['--require', 'ANY /create user:bob', '--require', 'ANY /** valid-user'],
      headers: basicOfAlice,
    },
    redis: ({ redis, folder }) => [
      ...['--redis-url', `redis://127.0.0.1:${redis}`],
      ...['--session-secret-file', join(folder, 'secret')],
    ],
    command: ({ port, file, upstream }) => [
      ...[process.execPath, join(root, 'bin/htpasswd.js'), 'serve', file, '--login', '--log', 'off'],
      ...['--upstream', upstream, '--port', String(port), '--user-header', 'X-Forwarded-User'],
    ],
  },
}

/** One request; resolves with status, headers and body. */
function ask({ port }, method, path, headers = {}, body = '') {
  return new Promise((resolve, reject) => {
    const length = method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {}
    const options = {
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: false,
      headers: { ...length, ...headers },
    }
    const sent = request(options, res => {
      const chunks = []
      res.on('data', chunk => chunks.push(chunk))
      res.on('end', () =>
        resolve({ status: res.statusCode, headers: res.headers, body: String(Buffer.concat(chunks)) }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const originOf = ({ port }) => `http://127.0.0.1:${port}`

/** Sends the form of the sign-in page. */
function post(at, username, password, { next = '/', origin = originOf(at) } = {}) {
  const headers = { accept: HTML, origin, 'content-type': 'application/x-www-form-urlencoded' }
  const fields = { username, password, [at.next]: next }
  return ask(at, 'POST', at.login, headers, new URLSearchParams(fields).toString())
}
const linesOf = reply =>
  (reply.headers['set-cookie'] ?? []).filter(line => !/^[^=]+=;|Max-Age=0;|csrf/i.test(line))
const cookieOf = reply =>
  linesOf(reply)
    .map(line => line.split(';')[0])
    .join('; ')
const signIn = async at => cookieOf(await post(at, 'alice', PASSWORD))
const withCookie = (at, cookie) => ask(at, 'GET', '/', { cookie, accept: HTML })
const isIn = reply => reply.body === 'the app'
const signOut = (at, cookie) => ask(at, ...at.signOut, { cookie, origin: originOf(at) })
const typeOf = ({ status, headers }) => `${status}, ${headers['content-type']?.split(';')[0] ?? 'no body'}`

/** Whether something becomes true within so many milliseconds. */
async function within(milliseconds, isTrue) {
  for (const end = Date.now() + milliseconds; Date.now() < end; await delay(50))
    if (await isTrue()) return true
  return false
}

/** Signs in, changes something, and tells whether the cookie is still good three seconds later. */
async function after(at, change) {
  const cookie = await signIn(at)
  await change(cookie)
  const isOut = await within(3000, async () => !isIn(await withCookie(at, cookie)))
  at.writeUsers()
  await within(5000, async () => (await signIn(at)) !== '')
  return isOut ? 'signed out' : '**still signed in**'
}

/** Whether an event stream that is open at the sign-out ends within three seconds. */
async function streamAfterSignOut(at) {
  const cookie = await signIn(at)
  const stream = request({ host: '127.0.0.1', port: at.port, path: '/events', headers: { cookie } }).end()
  const [res] = await once(stream, 'response')
  await once(res, 'data')
  const ended = new Promise(resolve => res.on('close', () => resolve('ends')))
  // a stream that is cut off is an error too
  res.on('error', () => {}).resume()
  await signOut(at, cookie)
  const answer = await Promise.race([ended, delay(3000, '**goes on**')])
  stream.destroy()
  return answer
}

const spellings = [
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  'https://evil.example',
  'https:evil.example',
  '//evil.example/%2e',
  '/%09/evil.example',
  ' //evil.example',
  '/.//evil.example',
  '/a/..//evil.example',
]

const PYTHON = `
import sys, urllib.error, urllib.request
try: response = urllib.request.urlopen(sys.argv[1])
except urllib.error.HTTPError as error: response = error
print(f'{response.status}, {response.headers.get_content_type()}', end='')
`

/** Signs in with a stored hash of a format, at a proxy that has only this user. */
async function withHash(at, format) {
  const file = join(at.folder, format)
  writeFileSync(file, `alice:${await hashPassword(PASSWORD, { format })}\n`)
  const started = await at.start({ file })
  if (started === undefined) return '**does not start**'
  return (await signIn(started)) === '' ? '**no**' : 'yes'
}

const scripts = { accept: '*/*', 'sec-fetch-mode': 'cors' }

/** In the order of the table. `at` is the running proxy: its paths, its port, and how another one is started. */
const questions = {
  'the user is deleted: the cookie': at => after(at, async () => at.writeUsers('')),
  'the password is changed: the cookie': at =>
    after(at, async () => at.writeUsers(`alice:${at.otherHash}\n`)),
  'after signing out: a copy of the cookie': at => after(at, cookie => signOut(at, cookie)),
  'after signing out: an open event stream': streamAfterSignOut,
  'a link of another site signs out': async at => {
    const cookie = await signIn(at)
    const reply = await ask(at, 'GET', at.signOut[1], { cookie, 'sec-fetch-site': 'cross-site' })
    const cookies = String(reply.headers['set-cookie'] ?? '')
    return /Max-Age=0|expires=Thu, 01 Jan 1970|=;/i.test(cookies) ? '**yes**' : 'no'
  },
  'a form of another site signs in': async at =>
    cookieOf(await post(at, 'alice', PASSWORD, { origin: 'https://evil.example' })) === '' ? 'no' : '**yes**',
  'twelve spellings of another host to go on to': async at => {
    let away = 0
    for (const next of spellings) {
      const { headers } = await post(at, 'alice', PASSWORD, { next })
      const first = new URL(headers.location ?? '/', originOf(at))
      const target = first.searchParams.get('next') ?? first.href
      if (new URL(target, first).hostname !== '127.0.0.1') away++
    }
    return away === 0 ? 'none works' : `**${away} work**`
  },
  'a script without a login': async at => typeOf(await ask(at, 'GET', '/', scripts)),
  'a script posts after the end of the session': async at => typeOf(await ask(at, 'POST', '/', scripts, 'x')),
  'a Python program without a login': async at =>
    (await promisify(execFile)('python3', ['-c', PYTHON, originOf(at)])).stdout,
  'the cookie': async at => {
    const [line = ''] = linesOf(await post(at, 'alice', PASSWORD))
    return `${line.split(';')[0].length} bytes, SameSite ${/SameSite=(\w+)/i.exec(line)?.[1] ?? '**not set**'}`
  },
  'the app gets the cookie': async at => {
    const cookie = await signIn(at)
    at.received.length = 0
    await withCookie(at, cookie)
    return at.received.flat().some(value => value.includes(cookie.split('=')[0])) ? '**yes**' : 'no'
  },
  'the app gets `X_Forwarded_User` of a client': async at => {
    const cookie = await signIn(at)
    at.received.length = 0
    await ask(at, 'GET', '/', { cookie, accept: HTML, X_Forwarded_User: 'admin' })
    return at.received.flat().includes('admin') ? '**yes**' : 'no'
  },
  'a rule for `/create`, asked for as `/%63reate`': async at => {
    const ruled = await at.start({ options: at.rule.options })
    const spelled = await ask(ruled, 'GET', '/%63reate', at.rule.headers)
    return isIn(spelled) ? '**does not apply**' : `applies: ${spelled.status}`
  },
  'a header of 9 KB': async at => {
    const cookie = await signIn(at)
    const reply = await ask(at, 'GET', '/', { cookie, accept: HTML, 'x-long': 'x'.repeat(9 * 1024) })
    return isIn(reply) ? 'reaches the app' : `**${reply.status}**`
  },
  'a second cookie of the name in front of it': async at => {
    const cookie = await signIn(at)
    const tossed = `${cookie.split('=')[0]}=x; ${cookie}`
    return isIn(await withCookie(at, tossed)) ? 'signed in' : '**signed out**'
  },
  'a user with an MD5 hash of Apache (`$apr1$`) signs in': at => withHash(at, 'apr1'),
  'a user with a SHA-512 hash (`$6$`) signs in': at => withHash(at, 'sha512crypt'),
  'Redis is stopped: the cookie, and signing in': async at => {
    const redis = await at.startRedis()
    const shared = await at.start({ options: at.redis({ ...at, redis: redis.port }) })
    const cookie = await signIn(shared)
    await redis.stop()
    const stays = isIn(await withCookie(shared, cookie)) ? 'signed in' : '**signed out**'
    const { status, headers } = await post(shared, 'alice', PASSWORD)
    return `${stays}, ${cookieOf({ headers }) === '' ? `**${status}**` : 'works'}`
  },
  '100 wrong passwords': async at => {
    let checked = 0
    for (let i = 0; i < 100; i++) if ((await post(at, 'alice', `guess ${i}`)).status !== 429) checked++
    return checked === 100 ? '**all are checked**' : `${checked} are checked`
  },
}

async function freePort() {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}

/** Starts a product and asks it everything; resolves with the answers by question. */
export async function answersOf(product) {
  const folder = mkdtempSync(join(tmpdir(), 'sign-in-'))
  const file = join(folder, 'users')
  const [hash, otherHash] = await Promise.all(
    [PASSWORD, 'another one'].map(password => hashPassword(password, { cost: 5 })),
  )
  const writeUsers = (alice = `alice:${hash}\n`) => {
    writeFileSync(`${file}.new`, `${alice}bob:${otherHash}\n`)
    renameSync(`${file}.new`, file)
  }
  const received = []
  const app = createServer((req, res) => {
    received.push(req.rawHeaders)
    if (req.url !== '/events') return res.end('the app')
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    const timer = setInterval(() => res.write('data: x\n\n'), 100)
    res.on('close', () => clearInterval(timer))
  }).listen(0, '127.0.0.1')
  await once(app, 'listening')
  const upstream = `http://127.0.0.1:${app.address().port}`
  const programs = []
  const run = ([program, ...options]) => {
    const started = spawn(program, options, { stdio: 'ignore', cwd: folder })
    programs.push(started)
    return started
  }
  const isUp = async at => (await ask(at, 'GET', '/').catch(() => undefined)) !== undefined
  /** Undefined where the program ends instead. */
  const start = async ({ options = [], file: users = file } = {}) => {
    const at = {
      ...product,
      port: await freePort(),
      folder,
      received,
      writeUsers,
      otherHash,
      start,
      startRedis,
    }
    const program = run([...product.command({ ...at, file: users, upstream }), ...options])
    await within(60_000, async () => program.exitCode !== null || (await isUp(at)))
    return program.exitCode === null ? at : undefined
  }
  const startRedis = async () => {
    const port = await freePort()
    const program = run(['redis-server', '--port', String(port), '--bind', '127.0.0.1', '--save', ''])
    await within(30_000, () => canConnect(port))
    return {
      port,
      stop: async () => {
        program.kill()
        await once(program, 'exit')
      },
    }
  }
  try {
    writeUsers()
    const at = await start()
    const answers = {}
    for (const [question, answer] of Object.entries(questions)) answers[question] = await answer(at)
    return answers
  } finally {
    for (const program of programs) program.kill()
    app.close()
    app.closeAllConnections()
    rmSync(folder, { recursive: true })
  }
}

async function canConnect(port) {
  const socket = connect(port, '127.0.0.1')
  const isOpen = await new Promise(resolve => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  })
  socket.destroy()
  return isOpen
}
