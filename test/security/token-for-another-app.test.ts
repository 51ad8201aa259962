// A provider signs tokens for all its apps. Without a check of the audience each of them would open this one
// (CVE-2026-55689 OpenFGA, CVE-2023-22482 Argo CD).
import { expect, test } from 'vitest'
import { JwtAuthenticator } from '../../src/auth/openid/jwt.ts'
import { parseServe } from '../../src/cli/commands/serve/request.ts'
import { ISSUER, stubProvider } from '../unit/auth/openid/stub-provider.ts'

test('serve does not start with an issuer that has no audience', () => {
  const args = ['users', '--demo', '--jwt-issuer', ISSUER]
  expect(() => parseServe(args, {})).toThrow(/--jwt-issuer and --jwt-audience go together/)
})

test('nor with anybody of a provider by default', () => {
  const args = ['users', '--demo', '--jwt-issuer', ISSUER, '--jwt-audience', 'mlflow', '--oidc-users', 'any']
  expect(() => parseServe(args, {})).toThrow(/needs --oidc-allow/)
})

test.each([['another'], [['another', 'third']], [undefined], [''], [[]]])('audience %j', async aud => {
  const now = Date.now()
  const { provider, sign } = await stubProvider(() => now)
  const verifier = new JwtAuthenticator({
    issuers: [{ provider, audiences: ['mlflow'] }],
    source: { get: () => '*' },
    mapping: {},
  })
  const token = await sign({
    iss: ISSUER,
    exp: now / 1000 + 60,
    iat: now / 1000,
    email: 'ann@example.com',
    email_verified: true,
    ...(aud !== undefined && { aud }),
  })
  expect(await verifier.decide(token)).toMatchObject({ ok: false, status: 401, reason: 'invalid-token' })
})
