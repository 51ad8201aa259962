// Where the app listens, by its command line; and the warnings if it can be reached past the guard.
import { expect, test } from 'vitest'
import {
  listensOutside,
  staticPrefixOfCommand,
  upstreamOfCommand,
  upstreamWarnings,
} from '../../../../../../src/cli/commands/serve/app/location.ts'

const outside = ['192.168.1.5', 'fd00::5']
const warningsOf = (url: string, asked: boolean, open: string[], there = true) => {
  const upstream = new URL(url)
  const probe = async (host: string) => (host === upstream.hostname ? there : open.includes(host))
  return upstreamWarnings(upstream, asked, { outside, probe })
}

test('an app on loopback alone is fine', async () => {
  expect(await warningsOf('http://127.0.0.1:5000', false, [])).toEqual([])
})

test('https for an app that speaks HTTP is named, with the URL to use', async () => {
  const isPlain = async () => true
  const probe = async () => true
  expect(
    await upstreamWarnings(new URL('https://127.0.0.1:5000'), false, { outside: [], probe, isPlain }),
  ).toEqual(['the app at 127.0.0.1:5000 speaks HTTP, not HTTPS: use --upstream http://127.0.0.1:5000'])
  expect(
    await upstreamWarnings(new URL('http://127.0.0.1:5000'), false, { outside: [], probe, isPlain }),
  ).toEqual([])
})

test('an app that answers on outside addresses is named with them', async () => {
  expect(await warningsOf('http://127.0.0.1:5000', false, outside)).toEqual([
    'the app is reachable past the guard, without a password, at http://192.168.1.5:5000, http://[fd00::5]:5000: start it with --host 127.0.0.1',
  ])
})

test('so is one whose command asks for it, even if the probe fails', async () => {
  expect((await warningsOf('http://127.0.0.1:5000', true, []))[0]).toContain('from other machines')
})

test('an app on another machine cannot be probed, only warned of', async () => {
  expect((await warningsOf('http://10.0.0.9:5000', false, []))[0]).toContain(
    'make sure that only the guard can reach it',
  )
})

test.each(['http://127.0.0.1:5000', 'http://10.0.0.9:5000'])(
  'an app that does not listen yet: %s',
  async url => {
    expect((await warningsOf(url, false, [], false))[0]).toBe(
      `nothing answers at ${url} yet; users get 502 until the app is up`,
    )
  },
)

test.each([
  ['http://localhost:5173', ['localhost', '::1'], 'the app listens on ::1 alone'],
  ['http://[::1]:5173', ['::1'], 'the app listens on ::1 alone'],
  [
    'http://127.0.0.1:5173',
    ['::1'],
    'something does at http://[::1]:5173: start the app with --host 127.0.0.1, or',
  ],
  ['http://localhost:5173', ['localhost', '127.0.0.1'], undefined],
])('an upstream %s that listens on %j', async (url, listening, warning) => {
  const probe = async (host: string) => listening.includes(host)
  const [first] = await upstreamWarnings(new URL(url), false, { outside, probe })
  if (warning === undefined) expect(first).toBeUndefined()
  else expect(first).toContain(warning)
})

test.each([
  ['mlflow server', 'http://127.0.0.1:5000'],
  ['mlflow server --port 5001', 'http://127.0.0.1:5001'],
  ['mlflow ui -p 5002', 'http://127.0.0.1:5002'],
  ['C:\\venv\\Scripts\\mlflow.exe server', 'http://127.0.0.1:5000'],
  ['python -m mlflow server --port=5003', 'http://127.0.0.1:5003'],
  ['uvx mlflow server --host 0.0.0.0', 'http://127.0.0.1:5000'],
  ['mlflow server --host 192.168.1.5', 'http://192.168.1.5:5000'],
  ['mlflow server --host ::1', 'http://localhost:5000'],
  ['mlflow server --host localhost', 'http://localhost:5000'],
  ['conda run -p ./env mlflow server --port 5078', 'http://127.0.0.1:5078'],
  ['conda run -p ./env mlflow server', 'http://127.0.0.1:5000'],
  ['conda run -n lab some-app -p 7000', 'http://localhost:7000'],
  ['some-app --port 7000', 'http://localhost:7000'],
  ['some-app --port 7000 -p pidfile', 'http://localhost:7000'],
  ['some-app --port 7000 --host 0.0.0.0', 'http://127.0.0.1:7000'],
  ['docker run -p 8080:5000 some-app', undefined],
  ['some-app', undefined],
  ['constructor', undefined],
  ['some-app --port', undefined],
])('%s answers at %s', (command, url) => {
  expect(upstreamOfCommand(command.split(' '))?.origin).toBe(url)
})

test.each<[env: NodeJS.ProcessEnv, command: string, url: string, isOutside: boolean]>([
  [{ MLFLOW_PORT: '5077' }, 'mlflow server', 'http://127.0.0.1:5077', false],
  [{ MLFLOW_PORT: '5077' }, 'mlflow server --port 5078', 'http://127.0.0.1:5078', false],
  [{ MLFLOW_PORT: 'x' }, 'mlflow server', 'http://127.0.0.1:5000', false],
  [{ MLFLOW_HOST: '0.0.0.0' }, 'uvx mlflow ui', 'http://127.0.0.1:5000', true],
  [{ MLFLOW_HOST: '0.0.0.0' }, 'mlflow ui --host 127.0.0.1', 'http://127.0.0.1:5000', false],
  [{ MLFLOW_HOST: 'localhost' }, 'mlflow ui', 'http://localhost:5000', false],
  [{ MLFLOW_HOST: '0.0.0.0', MLFLOW_PORT: '1' }, 'some-app --port 7000', 'http://localhost:7000', false],
])('with %j, %s listens at %s', (env, command, url, isOutside) => {
  expect(upstreamOfCommand(command.split(' '), env)?.origin).toBe(url)
  expect(listensOutside(command.split(' '), env)).toBe(isOutside)
})

test.each([
  ['mlflow server', false],
  ['mlflow server --host 127.0.0.1', false],
  ['mlflow server --host 0.0.0.0', true],
  ['mlflow server --host=0.0.0.0', true],
])('%s asks to be reached from outside: %s', (command, expected) => {
  expect(listensOutside(command.split(' '))).toBe(expected)
})

test.each<[env: NodeJS.ProcessEnv, command: string, prefix: string | undefined]>([
  [{}, 'mlflow server --static-prefix /ml', '/ml'],
  [{}, 'mlflow server --static-prefix=/ml', '/ml'],
  [{ MLFLOW_STATIC_PREFIX: '/lab' }, 'mlflow server', '/lab'],
  [{ MLFLOW_STATIC_PREFIX: '/lab' }, 'mlflow server --static-prefix /ml', '/ml'],
  [{ MLFLOW_STATIC_PREFIX: '/lab' }, 'some-app --port 7000', undefined],
  [{}, 'mlflow server', undefined],
])('with %j, %s has the static prefix %s', (env, command, prefix) =>
  expect(staticPrefixOfCommand(command.split(' '), env)).toBe(prefix),
)
