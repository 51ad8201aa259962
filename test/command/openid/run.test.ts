// `htpasswd openid check`: prints what has to be registered at a provider and what is missing, for the options of serve.
import { writeFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { openid } from '../../../src/cli/commands/openid/run.ts'
import { recordedIo } from '../../support/recorded-io.ts'
import { scratch } from '../../support/scratch.ts'

const place = scratch()
const ISSUER = 'https://id.example'
const complete = {
  issuer: ISSUER,
  jwks_uri: `${ISSUER}/keys`,
  authorization_endpoint: `${ISSUER}/auth`,
  token_endpoint: `${ISSUER}/token`,
  end_session_endpoint: `${ISSUER}/end`,
  response_types_supported: ['code'],
  backchannel_logout_supported: true,
}
let metadata: Record<string, unknown>

beforeEach(() => {
  metadata = complete
  writeFileSync(place.file, 'ann@example.com:*\n')
})

async function run(...args: string[]) {
  const io = recordedIo({ env: {} })
  const fetch = async (url: string | URL | Request): Promise<Response> =>
    Response.json(String(url).endsWith('/keys') ? { keys: [{}] } : metadata)
  const status = await openid(['check', place.file, ...args], io, { fetch })
  return { status, ...io.said }
}
const needed = ['--oidc-issuer', ISSUER, '--public-url', 'https://ml.example', '--oidc-client-id', 'mlflow']

test('prints the addresses to register, also below a prefix', async () => {
  const { status, out } = await run(...needed, '--prefix', '/mlflow')
  expect(out).toContain('redirect URI              https://ml.example/mlflow/.htpasswd/oidc/callback')
  expect(out).toContain(
    'back-channel logout URI   https://ml.example/mlflow/.htpasswd/oidc/backchannel-logout',
  )
  expect(out).toContain('Nothing is missing.')
  expect(status).toBe(0)
})

test('takes the command line of serve', async () => {
  const { status } = await run(...needed, '--login', '--workers', '2', '--', 'mlflow', 'server')
  expect(status).toBe(0)
})

test.each<[string, Record<string, unknown>, string[], RegExp]>([
  ['no token endpoint', { token_endpoint: undefined }, [], /missing: the document names no token_endpoint/],
  ['no code flow', { response_types_supported: ['id_token'] }, [], /missing: the authorization code flow/],
  ['plain PKCE', { code_challenge_methods_supported: ['plain'] }, [], /missing: PKCE with S256/],
  ['no scope email', { scopes_supported: ['openid'] }, [], /missing: the scope email/],
])('%s', async (_name, changed, args, expected) => {
  metadata = { ...complete, ...changed }
  const { status, out } = await run(...needed, ...args)
  expect(out).toMatch(expected)
  expect(status).toBe(1)
})

test('notes do not change the status', async () => {
  metadata = { ...complete, end_session_endpoint: undefined, claims_supported: ['sub'] }
  const { status, out } = await run(...needed)
  expect(out).toMatch(/note: no end_session_endpoint/)
  expect(out).toMatch(/note: the claim "email" is not among/)
  expect(status).toBe(0)
})

test('a file in which nobody is an e-mail address', async () => {
  writeFileSync(place.file, 'ann:*\n')
  const { status, out } = await run(...needed)
  expect(out).toMatch(/missing: no user of .* is an e-mail address/)
  expect(status).toBe(1)
})

test('a document of another issuer', async () => {
  metadata = { ...complete, issuer: 'https://evil.example' }
  const { status, err } = await run(...needed)
  expect(err).toMatch(/names the issuer "https:\/\/evil.example", expected "https:\/\/id.example"/)
  expect(status).toBe(1)
})

test.each([[[]], [['--oidc-issuer', ISSUER]]])('without what it needs: %j', async args => {
  const { status, err } = await run(...args)
  expect(err).toMatch(/expected the address/)
  expect(status).toBe(2)
})

test.each([
  ['with blanks, and a newline at its end', 'a secret, with blanks\n', 0],
  ['two lines', 'one\ntwo\n', 'error'],
  ['nothing', '\n', 'error'],
])('the file with the client secret: %s', async (_name, text, outcome) => {
  const secret = `${place.file}-secret`
  writeFileSync(secret, text)
  const { status, err } = await run(...needed, '--oidc-client-secret-file', secret)
  if (outcome === 0) expect(status).toBe(0)
  else expect(err).toContain("expected the client's secret on its one line")
})
