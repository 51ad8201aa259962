import type { lookup } from 'node:dns'
import { createServer } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { openUpstream, type Upstream } from '../../src/http/upstream.ts'
import { listen, portOf } from './test-guard.ts'

const limits = { timeout: 0, maxHeaderSize: 65536 }
let upstream: Upstream | undefined
afterEach(() => upstream?.pool.destroy())

test.each([
  ['http://127.0.0.1:5000', '127.0.0.1:5000', 'http://127.0.0.1:5000'],
  ['http://localhost:5000/', 'localhost:5000', 'http://localhost:5000'],
  ['https://app.example', 'app.example', 'https://app.example'],
  ['http://[fd00::1]:81', '[fd00::1]:81', 'http://[fd00::1]:81'],
])('%s is sent the Host %s', (text, host, origin) => {
  upstream = openUpstream(text, limits)
  expect(upstream).toMatchObject({ host, origin })
})

test.each([
  'http://127.0.0.1:5000/app',
  'http://127.0.0.1/?x',
  'http://user:secret@127.0.0.1',
  'ftp://127.0.0.1',
  '127.0.0.1:5000',
  '',
])('%j is no origin, and is not repeated in the error', text => {
  expect(() => openUpstream(text, limits)).toThrow(/"upstream" expected an origin/)
  expect(() => openUpstream(text, limits)).not.toThrow(/secret/)
})

test.each(['http://[::1]:5000', 'http://[0:0:0:0:0:0:0:1]:5000'])('%s is refused with the reason', text =>
  expect(() => openUpstream(text, limits)).toThrow(/127\.0\.0\.1 instead of \[::1\]/),
)

/** A resolver that gives these addresses and remembers what it was asked. */
function resolver(addresses: { address: string; family: number }[], asked: unknown[] = []) {
  return ((_: string, options: unknown, callback: (error: null, found: typeof addresses) => void) => {
    asked.push(options)
    callback(null, addresses)
  }) as unknown as typeof lookup
}

test('localhost is asked for as IPv4, other names prefer it', async () => {
  const app = await listen(createServer((_, res) => res.end('hello')))
  const asked: unknown[] = []
  const found = [
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ]
  for (const name of ['localhost', 'app.example']) {
    upstream = openUpstream(`http://${name}:${portOf(app)}`, { ...limits, lookup: resolver(found, asked) })
    const { body } = await upstream.pool.request({ path: '/', method: 'GET' })
    expect(await body.text()).toBe('hello')
    await upstream.pool.destroy()
  }
  expect(asked).toMatchObject([{ family: 4 }, { family: 0, order: 'ipv4first' }])
  app.close()
})

test('a name that is only at ::1 is refused when it is used', async () => {
  upstream = openUpstream('http://app.example:1', {
    ...limits,
    lookup: resolver([{ address: '::1', family: 6 }]),
  })
  await expect(upstream.pool.request({ path: '/', method: 'GET' })).rejects.toThrow(/only at ::1/)
})
