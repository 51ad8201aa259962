// A provider whose documents are made in memory, without a socket or a clock.
import type { webcrypto } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { Provider } from '../../../../src/auth/openid/provider.ts'

export const ISSUER = 'https://id.example'

export interface StubProvider {
  readonly provider: Provider
  /** Every address that was fetched. */
  readonly fetched: string[]
  /** Replaces the answers; a string is why nothing can be fetched. */
  down: string | undefined
  metadata: Record<string, unknown>
  /** Makes a new key the only one. */
  rotate(kid?: string): Promise<void>
  sign(claims: JWTPayload, header?: Record<string, unknown>): Promise<string>
}

export async function stubProvider(now: () => number, issuer = ISSUER): Promise<StubProvider> {
  let key: webcrypto.CryptoKey
  let keys: unknown[] = []
  let kid = 'first'
  const stub: StubProvider = {
    fetched: [],
    down: undefined,
    metadata: { issuer, jwks_uri: `${issuer}/keys` },
    provider: new Provider(issuer, {
      now,
      fetch: async (url): Promise<Response> => {
        stub.fetched.push(String(url))
        if (stub.down !== undefined) throw new TypeError('fetch failed', { cause: { code: stub.down } })
        return Response.json(String(url).endsWith('/keys') ? { keys } : stub.metadata)
      },
    }),
    async rotate(name = 'second') {
      const pair = await generateKeyPair('ES256', { extractable: true })
      key = pair.privateKey
      kid = name
      keys = [{ ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256', use: 'sig' }]
    },
    sign: (claims: JWTPayload, header: Record<string, unknown> = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid, ...header }).sign(key),
  }
  await stub.rotate('first')
  return stub
}
