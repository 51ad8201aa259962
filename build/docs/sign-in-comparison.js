// Asks oauth2-proxy and `serve --login` the same questions, with the same password file, and prints the
// table of their answers.
// Needs oauth2-proxy: GOBIN=.cache/oauth2-proxy go install github.com/oauth2-proxy/oauth2-proxy/v7@v7.15.6
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { hashPassword } from '../../dist/index.js'
import { table } from './markdown.js'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'sign-in-'))
const file = join(folder, 'users')
const PASSWORD = 'correct horse'
const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8'
const hashes = {
  bcrypt: await hashPassword(PASSWORD, { cost: 5 }),
  other: await hashPassword('another one', { cost: 5 }),
}
const writeUsers = (alice = `alice:${hashes.bcrypt}\n`) =>
  writeFileSync(file, `${alice}bob:${hashes.other}\n`)

let received = []
const app = createServer((req, res) => {
  received.push(req.rawHeaders)
  if (req.url !== '/events') return res.end('the app')
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  const timer = setInterval(() => res.write('data: x\n\n'), 100)
  res.on('close', () => clearInterval(timer))
})
await new Promise(resolve => app.listen(0, '127.0.0.1', resolve))
const upstream = `http://127.0.0.1:${app.address().port}`

const products = {
  'oauth2-proxy 7.15.6': {
    port: 8091,
    login: '/oauth2/sign_in',
    next: 'rd',
    signOut: ['GET', '/oauth2/sign_out'],
    // it knows only paths that need no login: here all others; asked without one
    rule: { options: ['--skip-auth-route', '!=^/create'], headers: {} },
    command: port => [
      join(root, '.cache/oauth2-proxy/oauth2-proxy'),
      ...['--http-address', `127.0.0.1:${port}`, '--upstream', upstream, '--htpasswd-file', file],
      ...['--client-id', 'x', '--client-secret', 'x', '--cookie-secret', '0123456789abcdef'],
      ...[
        '--email-domain',
        '*',
        '--cookie-secure=false',
        '--redirect-url',
        `http://127.0.0.1:${port}/oauth2/callback`,
      ],
    ],
  },
  'htpasswd serve --login': {
    port: 8092,
    login: '/.htpasswd/login',
    next: 'next',
    signOut: ['POST', '/.htpasswd/logout'],
    // asked as alice
    rule: {
      options: ['--require', 'ANY /create user:bob', '--require', 'ANY /** valid-user'],
      headers: { authorization: `Basic ${Buffer.from(`alice:${PASSWORD}`).toString('base64')}` },
    },
    command: port => [
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

const post = (
  product,
  username,
  password,
  { next = '/', origin = `http://127.0.0.1:${product.port}` } = {},
) =>
  ask(
    product,
    'POST',
    product.login,
    { accept: HTML, origin, 'content-type': 'application/x-www-form-urlencoded' },
    new URLSearchParams({ username, password, [product.next]: next }).toString(),
  )
const linesOf = reply =>
  (reply.headers['set-cookie'] ?? []).filter(line => !/^[^=]+=;|Max-Age=0;|csrf/i.test(line))
const cookieOf = reply =>
  linesOf(reply)
    .map(line => line.split(';')[0])
    .join('; ')
const withCookie = (product, cookie) => ask(product, 'GET', '/', { cookie, accept: HTML })
const isIn = reply => reply.body === 'the app'

/** Signs in, changes something, and tells whether the cookie is still good a while later. */
async function after(product, change) {
  const cookie = cookieOf(await post(product, 'alice', PASSWORD))
  await change(cookie)
  await delay(1500)
  const answer = isIn(await withCookie(product, cookie)) ? '**still signed in**' : 'signed out'
  writeUsers()
  await delay(1500)
  return answer
}

/** Whether an event stream that is open at the sign-out ends within three seconds. */
async function streamAfterSignOut(product) {
  const cookie = cookieOf(await post(product, 'alice', PASSWORD))
  const stream = request({
    host: '127.0.0.1',
    port: product.port,
    path: '/events',
    headers: { cookie },
  }).end()
  const [res] = await once(stream, 'response')
  await once(res, 'data')
  const ended = new Promise(resolve => res.on('close', () => resolve('ends')))
  // a stream that is cut off is an error too
  res.on('error', () => {}).resume()
  await ask(product, ...product.signOut, { cookie, origin: `http://127.0.0.1:${product.port}` })
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
]
spellings.push(
  'https://evil.example',
  'https:evil.example',
  '//evil.example/%2e',
  '/%09/evil.example',
  ' //evil.example',
)

const questions = {
  'the user is deleted: the cookie': product => after(product, async () => writeUsers('')),
  'the password is changed: the cookie': product =>
    after(product, async () => writeUsers(`alice:${hashes.other}\n`)),
  'after signing out: a copy of the cookie': product =>
    after(product, cookie =>
      ask(product, ...product.signOut, { cookie, origin: `http://127.0.0.1:${product.port}` }),
    ),
  'after signing out: an open event stream': streamAfterSignOut,
  'a link of another site signs out': async product => {
    const cookie = cookieOf(await post(product, 'alice', PASSWORD))
    const path = product.signOut[1]
    const reply = await ask(product, 'GET', path, { cookie, 'sec-fetch-site': 'cross-site' })
    return /Max-Age=0|expires=Thu, 01 Jan 1970|=;/i.test(String(reply.headers['set-cookie'] ?? ''))
      ? '**yes**'
      : 'no'
  },
  'a form of another site signs in': async product =>
    cookieOf(await post(product, 'alice', PASSWORD, { origin: 'https://evil.example' })) === ''
      ? 'no'
      : '**yes**',
  'ten spellings of another host to go on to': async product => {
    let away = 0
    for (const next of spellings) {
      const { headers } = await post(product, 'alice', PASSWORD, { next })
      const first = new URL(headers.location ?? '/', `http://127.0.0.1:${product.port}/`)
      const target = first.searchParams.get('next') ?? first.href
      if (new URL(target, first).hostname !== '127.0.0.1') away++
    }
    return away === 0 ? 'none works' : `**${away} work**`
  },
  'a script without a login': async product => {
    const { status, headers } = await ask(product, 'GET', '/', { accept: '*/*', 'sec-fetch-mode': 'cors' })
    return `${status}, ${headers['content-type']?.split(';')[0] ?? 'no body'}`
  },
  'a script posts after the end of the session': async product => {
    const { status, headers } = await ask(
      product,
      'POST',
      '/',
      { accept: '*/*', 'sec-fetch-mode': 'cors' },
      'x',
    )
    return `${status}, ${headers['content-type']?.split(';')[0] ?? 'no body'}`
  },
  'the cookie': async product => {
    const [line = ''] = linesOf(await post(product, 'alice', PASSWORD))
    return `${line.split(';')[0].length} bytes, SameSite ${/SameSite=(\w+)/i.exec(line)?.[1] ?? '**not set**'}`
  },
  'the app gets the cookie': async product => {
    const cookie = cookieOf(await post(product, 'alice', PASSWORD))
    received = []
    await withCookie(product, cookie)
    return received.flat().some(value => value.includes(cookie.split('=')[0])) ? '**yes**' : 'no'
  },
  'the app gets `X_Forwarded_User` of a client': async product => {
    const cookie = cookieOf(await post(product, 'alice', PASSWORD))
    received = []
    await ask(product, 'GET', '/', { cookie, accept: HTML, X_Forwarded_User: 'admin' })
    return received.flat().includes('admin') ? '**yes**' : 'no'
  },
  'a rule for `/create`, asked for as `/%63reate`': async product => {
    const ruled = { ...product, port: product.port + 10 }
    const spelled = await ask(ruled, 'GET', '/%63reate', product.rule.headers)
    return isIn(spelled) ? '**does not apply**' : `applies: ${spelled.status}`
  },
  'a header of 9 KB': async product => {
    const cookie = cookieOf(await post(product, 'alice', PASSWORD))
    const reply = await ask(product, 'GET', '/', { cookie, accept: HTML, 'x-long': 'x'.repeat(9 * 1024) })
    return isIn(reply) ? 'reaches the app' : `**${reply.status}**`
  },
  'a second cookie of the name in front of it': async product => {
    const cookie = cookieOf(await post(product, 'alice', PASSWORD))
    const tossed = `${cookie.split('=')[0]}=x; ${cookie}`
    return isIn(await withCookie(product, tossed)) ? 'signed in' : '**signed out**'
  },
  '100 wrong passwords': async product => {
    let checked = 0
    for (let i = 0; i < 100; i++) if ((await post(product, 'alice', `guess ${i}`)).status !== 429) checked++
    return checked === 100 ? '**all are checked**' : `${checked} are checked`
  },
}

writeUsers()
const names = Object.keys(products)
const programs = names.flatMap(name => {
  const { command, port, rule } = products[name]
  return [command(port), [...command(port + 10), ...rule.options]].map(([program, ...options]) =>
    spawn(program, options, { stdio: 'ignore' }),
  )
})
const ready = async product => {
  for (let i = 0; i < 300; i++) {
    if (
      await ask(product, 'GET', '/').then(
        () => true,
        () => false,
      )
    )
      return
    await delay(100)
  }
  throw new Error(`nothing listens on port ${product.port}`)
}
try {
  const ports = names.flatMap(name => [products[name].port, products[name].port + 10])
  await Promise.all(ports.map(port => ready({ port })))
  const rows = []
  for (const [question, answer] of Object.entries(questions)) {
    const answers = []
    for (const name of names) answers.push(await answer(products[name]))
    rows.push([question, ...answers])
  }
  const block = table(['', ...names.map(name => (name.includes('serve') ? `\`${name}\`` : name))], rows)
  process.stdout.write(`${block}\n`)
} finally {
  for (const program of programs) program.kill()
  app.close()
  rmSync(folder, { recursive: true })
}
