// Whoever reaches the app past the guard needs no password: the start says so.
import { expect, test } from 'vitest'
import { upstreamWarnings } from '../../../../../src/cli/commands/serve/upstream-warnings.ts'

const outside = ['192.168.1.5', 'fd00::5']
const warningsOf = (url: string, asked: boolean, open: string[], there = true) => {
  const upstream = new URL(url)
  const probe = async (host: string) => (host === upstream.hostname ? there : open.includes(host))
  return upstreamWarnings(upstream, asked, { outside, probe })
}

test('an app on loopback alone is fine', async () => {
  expect(await warningsOf('http://127.0.0.1:5000', false, [])).toEqual([])
})

test('an app that answers on outside addresses is named with them', async () => {
  expect(await warningsOf('http://127.0.0.1:5000', false, outside)).toEqual([
    'the app is reachable past the guard, without a password, at http://192.168.1.5:5000, http://[fd00::5]:5000: start it with --host 127.0.0.1',
  ])
})

test('so is one that was asked to, even where we cannot see it', async () => {
  expect((await warningsOf('http://127.0.0.1:5000', true, []))[0]).toContain('from other machines')
})

test('an app on another machine cannot be probed, only warned of', async () => {
  expect((await warningsOf('http://10.0.0.9:5000', false, []))[0]).toContain(
    'make sure that nobody but the guard reaches it',
  )
})

test.each(['http://127.0.0.1:5000', 'http://10.0.0.9:5000'])(
  'an app that is not there yet is told: %s',
  async url => {
    expect((await warningsOf(url, false, [], false))[0]).toBe(
      `nothing answers at ${url} yet; visitors get 502 until the app is there`,
    )
  },
)
