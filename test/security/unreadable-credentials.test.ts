// What cannot be read is a refusal, never a request without a user (CVE-2026-25748 authentik: an unreadable session was
// answered with 200).
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { accessClaims, signInAs, startOpenidGuard } from '../support/openid-guard.ts'

const guard = await startOpenidGuard()
afterAll(() => guard[Symbol.asyncDispose]())
const { web } = await signInAs(guard, 'ann')
const session = web.at(guard.origin).cookies.get('htpasswd') ?? ''

const ask = (path: string, headers: Record<string, string>) =>
  fetch(guard.origin + path, { redirect: 'manual', headers: { accept: 'text/html', ...headers } })

test('the session itself works', async () => {
  expect((await ask('/', { cookie: `htpasswd=${session}` })).status).toBe(200)
})

test('a mutated session cookie is nobody’s', async () => {
  const mutated = fc
    .tuple(fc.nat(session.length - 1), fc.constantFrom(...'AZaz09-_.'))
    .map(([at, letter]) => session.slice(0, at) + letter + session.slice(at + 1))
  await fc.assert(
    fc.asyncProperty(mutated, async value => {
      fc.pre(value !== session)
      expect((await ask('/', { cookie: `htpasswd=${value}` })).status).toBe(401)
    }),
    { numRuns: 100 },
  )
})

test('a mutated JSON Web Token is nobody’s', async () => {
  const token = await guard.provider.sign(accessClaims(guard))
  const send = (value: string) => ask('/', { authorization: `Bearer ${value}` })
  expect(await (await send(token)).text()).toContain('hello ann@example.com')
  // the last character of a part has bits that are no part of its bytes
  const at = fc.nat(token.length - 1).filter(i => token[i] !== '.' && (token[i + 1] ?? '.') !== '.')
  await fc.assert(
    fc.asyncProperty(at, fc.constantFrom(...'AZaz09-_'), async (i, letter) => {
      fc.pre(token[i] !== letter)
      const reply = await send(token.slice(0, i) + letter + token.slice(i + 1))
      expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringContaining('invalid_token'),
      ])
    }),
    { numRuns: 100 },
  )
})

test('whatever comes to the callback, no session begins', async () => {
  const text = fc.string({ maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(text, text, text, async (state, code, iss) => {
      const query = new URLSearchParams({ state, code, iss }).toString()
      const reply = await ask(`/.htpasswd/oidc/callback?${query}`, {
        cookie: `htpasswd-oidc-${encodeURIComponent(state).slice(0, 6)}=${encodeURIComponent(code)}`,
      })
      expect(reply.status).toBe(400)
      expect(reply.headers.getSetCookie()).toEqual([])
    }),
    { numRuns: 60 },
  )
})
