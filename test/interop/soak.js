// The requirements that take minutes, in real time and size against the built guard: `npm run build && node test/interop/soak.js`.
// `soak.js 26` runs only that one; SOAK_SCALE=0.01 shortens the times and SOAK_MIB the files, to try the script itself.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { printEnvironment } from '../../bench/environment.js'
import { residentMegabytes, startGuard } from '../../bench/guard-servers.js'
import { hashPassword } from '../../dist/index.js'
import { startUvicorn } from './soak-uvicorn.js'

const SCALE = Number(process.env.SOAK_SCALE ?? 1)
const MIB = 1 << 20
const LARGE = Number(process.env.SOAK_MIB ?? 2048)
const MEMORY_LIMIT = 100
const SECOND = 1000 * SCALE
const MINUTE = 60 * SECOND

const folder = mkdtempSync(join(tmpdir(), 'soak-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const users = join(folder, 'users')
writeFileSync(users, `alice:${await hashPassword('wonderland')}\n`)
const login = { authorization: `Basic ${Buffer.from('alice:wonderland').toString('base64')}` }

/** A block that differs from the one before, so that lost, doubled and swapped ones show. */
const blockOf = (seed => i => {
  seed.writeUInt32LE(i)
  return Buffer.from(seed)
})(Buffer.alloc(MIB, 'htpasswd'))

function* blocks(count) {
  for (let i = 0; i < count; i++) yield blockOf(i)
}

function digestOf(count) {
  const hash = createHash('sha256')
  for (const block of blocks(count)) hash.update(block)
  return hash.digest('hex')
}

/** The app: each path does what its requirement asks for. */
const paths = {
  '/hello': (_, res) => res.end('hello'),
  async '/upload'(req, res) {
    const hash = createHash('sha256')
    for await (const chunk of req) hash.update(chunk)
    const { 'content-length': length = null, 'transfer-encoding': coding = null } = req.headers
    res.end(JSON.stringify({ sha256: hash.digest('hex'), length, coding }))
  },
  '/download'(_, res) {
    res.writeHead(200, { 'content-length': LARGE * MIB })
    Readable.from(blocks(LARGE)).pipe(res)
  },
  async '/think'(req, res) {
    for await (const _ of req);
    await pause(10 * MINUTE + 5 * SECOND)
    res.end('thought')
  },
  async '/events'(req, res) {
    for await (const _ of req);
    res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    await pause(5 * MINUTE + 5 * SECOND)
    for (let i = 0; i < 10; i++) {
      res.write(`data: ${Date.now()}\n\n`)
      await pause(1000)
    }
    res.end()
  },
}
const app = createServer({ requestTimeout: 0 }, (req, res) => void paths[req.url](req, res))
await once(app.listen(0, '127.0.0.1'), 'listening')

function open(guard, method, path, headers = {}, agent = false) {
  const options = { host: '127.0.0.1', port: guard.port, method, path, agent }
  return request({ ...options, headers: { ...login, ...headers } })
}

async function answerOf(req) {
  const [res] = await once(req, 'response')
  let text = ''
  for await (const chunk of res) text += chunk
  return { status: res.statusCode, text }
}

async function upload(guard, headers, count, between) {
  const req = open(guard, 'PUT', '/upload', headers)
  const answer = answerOf(req)
  for (const block of blocks(count)) {
    if (!req.write(block)) await once(req, 'drain')
    if (between) await pause(between)
  }
  req.end()
  const { status, text } = await answer
  assert.equal(status, 200, text)
  const got = JSON.parse(text)
  assert.equal(got.sha256, digestOf(count), 'byte-identical')
  return got
}

async function slowUpload(guard) {
  const count = 40
  const got = await upload(
    guard,
    { 'content-length': count * MIB },
    count,
    (5 * MINUTE + 20 * SECOND) / count,
  )
  assert.equal(got.length, String(count * MIB))
}

async function largeUploads(guard) {
  const plain = await upload(guard, { 'content-length': LARGE * MIB }, LARGE)
  assert.deepEqual([plain.length, plain.coding], [String(LARGE * MIB), null])
  const chunked = await upload(guard, { 'transfer-encoding': 'chunked' }, LARGE)
  assert.deepEqual([chunked.length, chunked.coding], [null, 'chunked'])
}

/** Rests 5 s after each quarter, and reads 40 MiB a second at most. */
async function slowDownload(guard) {
  const req = open(guard, 'GET', '/download')
  req.end()
  const [res] = await once(req, 'response')
  const hash = createHash('sha256')
  const quarter = (LARGE * MIB) / 4
  let bytes = 0
  for await (const chunk of res) {
    hash.update(chunk)
    const before = bytes
    bytes += chunk.length
    if (Math.floor(bytes / MIB) > Math.floor(before / MIB)) await pause(25 * SCALE)
    if (Math.floor(bytes / quarter) > Math.floor(before / quarter)) await pause(5 * SECOND)
  }
  assert.equal(bytes, LARGE * MIB)
  assert.equal(hash.digest('hex'), digestOf(LARGE))
}

async function longThought(guard) {
  const req = open(guard, 'POST', '/think', { 'content-length': 2 })
  req.end('{}')
  assert.deepEqual(await answerOf(req), { status: 200, text: 'thought' })
}

async function silentEvents(guard) {
  const start = performance.now()
  const req = open(guard, 'POST', '/events', { 'content-length': 2 })
  req.end('{}')
  const [res] = await once(req, 'response')
  assert.ok(performance.now() - start < 1000, 'the head does not wait for the first event')
  const late = []
  for await (const chunk of res.setEncoding('utf8')) {
    for (const [, sent] of chunk.matchAll(/data: (\d+)/g)) late.push(Date.now() - Number(sent))
  }
  assert.equal(late.length, 10)
  assert.ok(Math.max(...late) < 100, `events came after ${late} ms`)
  return `the last of 10 events at most ${Math.max(...late)} ms late`
}

/** 1,000 POSTs, eight side by side, so that eight upstream connections have idled for just as long each time. */
async function spacedPosts(guard, seconds) {
  const agent = new Agent({ keepAlive: true })
  const counts = {}
  for (let sent = 0; sent < 1000; sent += 8) {
    const turn = Array.from({ length: 8 }, async () => {
      const req = open(guard, 'POST', '/', { 'content-length': 1 }, agent)
      req.end('x')
      const { status } = await answerOf(req)
      counts[status] = (counts[status] ?? 0) + 1
    })
    await Promise.all(turn)
    await pause((seconds - 0.1 + (sent % 21) / 100) * SECOND)
  }
  agent.destroy()
  assert.deepEqual(counts, { 200: 1000 })
}

async function watched(name, guard, run) {
  const idle = residentMegabytes(guard.pid)
  let peak = idle
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMegabytes(guard.pid))
  }, 100)
  const start = performance.now()
  let outcome
  try {
    outcome = (await run(guard)) ?? 'holds'
    assert.ok(peak - idle < MEMORY_LIMIT, `memory grew by ${(peak - idle).toFixed(0)} MB`)
  } catch (error) {
    process.exitCode = 1
    outcome = `FAULT ${error.message}; the guard: ${guard.state()}`
  }
  clearInterval(watch)
  const seconds = ((performance.now() - start) / 1000).toFixed(0)
  process.stdout.write(`${name}: ${outcome} (${seconds} s, memory +${(peak - idle).toFixed(0)} MB at most)\n`)
}

printEnvironment(`What takes minutes, times x ${SCALE}, files of ${LARGE} MiB`)
const uvicorn = await startUvicorn(folder)
// one guard for each, so that the memory of one is not taken for another's
const soaks = [
  ['14: an upload of more than 5 minutes', app.address().port, slowUpload],
  ['15: an answer after 10 minutes', app.address().port, longThought],
  ['17: events after 5 minutes of silence', app.address().port, silentEvents],
  [`26: 1,000 POSTs 4.9 to 5.1 s apart, ${uvicorn.name}`, uvicorn.port, guard => spacedPosts(guard, 5)],
  ["26: and 3.9 to 4.1 s apart, the guard's own limit", uvicorn.port, guard => spacedPosts(guard, 4)],
]
const large = [
  [`13: ${LARGE} MiB up, with a length and chunked`, app.address().port, largeUploads],
  [`16: ${LARGE} MiB down, read slowly`, app.address().port, slowDownload],
]
const run = async ([name, port, soak]) => {
  if (!name.startsWith(process.argv[2] ?? '')) return
  const guard = await startGuard(users, port)
  // the first login pays for the hash; its time and the thread's memory are not what is asked here
  const first = open(guard, 'GET', '/hello')
  first.end()
  await answerOf(first)
  await watched(name, guard, soak)
  await guard.stop()
}
const waiting = soaks.map(run)
for (const one of large) await run(one)
await Promise.all(waiting)
await uvicorn.stop()
app.close()
