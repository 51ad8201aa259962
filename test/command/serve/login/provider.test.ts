// `serve --oidc-issuer` as a program: the button, and that without the option nothing of it is loaded.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { startProvider } from '../../../support/identity-provider.ts'
import { eventually, freePort, startProgram } from '../../../support/outside-program.ts'
import { WebClient } from '../../../support/web-client.ts'

const bin = fileURLToPath(new URL('../../../../bin/htpasswd.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'serve-openid-'))
afterAll(() => rmSync(folder, { recursive: true }))
const users = join(folder, 'users')
writeFileSync(users, 'ann@example.com:*\n')
// reports each module that is asked for
const hook = join(folder, 'hook.mjs')
writeFileSync(
  hook,
  `import { register } from 'node:module'
register('data:text/javascript,' + encodeURIComponent(
  "import { writeSync } from 'node:fs'; export async function load(url, context, next) { writeSync(2, 'loaded ' + url + '\\\\n'); return next(url, context) }"
))`,
)

const LIBRARIES = /loaded \S*\/node_modules\/(openid-client|oauth4webapi|jose)\//

function start(port: number, ...options: string[]) {
  const args = ['--import', `file://${hook}`, bin, 'serve', users, '--demo', '--login', '--log', 'off']
  return startProgram(process.execPath, [...args, '--listen', `127.0.0.1:${port}`, ...options])
}

test('without the options none of the libraries is loaded', async () => {
  const port = await freePort()
  await using serve = start(port)
  await eventually('the start', () => serve.output().includes('Guarding') || undefined)
  expect((await fetch(`http://127.0.0.1:${port}/.htpasswd/login`)).status).toBe(200)
  expect(serve.output()).toContain('loaded ')
  expect(serve.output()).not.toMatch(LIBRARIES)
})

test('with them people sign in, also with several workers', async () => {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  await using provider = await startProvider(origin, { token_endpoint_auth_method: 'none' })
  await using serve = start(
    port,
    ...['--workers', '2', '--public-url', origin, '--oidc-client-id', 'mlflow'],
    ...['--oidc-issuer', provider.issuer],
  )
  await eventually('the start', () => serve.output().includes('Guarding') || undefined)
  expect(serve.output()).toMatch(LIBRARIES)
  const web = new WebClient()
  const begin = await web.open(`${origin}/.htpasswd/oidc/start`)
  const login = await web.submit(begin.url, { prompt: 'login', login: 'ann', password: 'any' })
  const page = await web.submit(login.url, { prompt: 'consent' })
  expect(page.url.href).toBe(`${origin}/`)
  expect(page.body).toContain('ann@example.com')
})
