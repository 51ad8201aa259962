// A guard whose sign-in page has the button of a real provider, both on loopback; the app says who is signed in.
import { once } from 'node:events'
import type { JWTPayload } from 'jose'
import { Authenticator } from '../../src/auth/authenticator.ts'
import type { ClaimMapping } from '../../src/auth/openid/claims.ts'
import { JwtAuthenticator } from '../../src/auth/openid/jwt.ts'
import { Provider } from '../../src/auth/openid/provider.ts'
import { ProviderSignIn } from '../../src/auth/openid/sign-in.ts'
import { hashPassword } from '../../src/hash/hash-password.ts'
import type { AccessLogEntry } from '../../src/http/guard/access-log.ts'
import { createGuard } from '../../src/http/guard/guard.ts'
import { externalSignIn } from '../../src/http/openid/endpoints.ts'
import {
  AUDIENCE,
  CLIENT_ID,
  CLIENT_SECRET,
  type SignInOptions,
  signInAtProvider,
  startProvider,
  type TestProvider,
} from './identity-provider.ts'
import { freePort } from './outside-program.ts'
import { PASSWORD } from './test-guard.ts'

const SECRET = 'a secret of the sessions, 32 characters'

export interface OpenidGuardSetup {
  readonly mapping?: ClaimMapping
  readonly prefix?: string
  /** `public`: without a secret. */
  readonly client?: 'public'
  readonly now?: () => number
}

/** The claims of an access token that it accepts. */
export const accessClaims = ({ provider }: Pick<OpenidGuard, 'provider'>): JWTPayload => ({
  iss: provider.issuer,
  aud: AUDIENCE,
  exp: Math.floor(Date.now() / 1000) + 600,
  email: 'ann@example.com',
  email_verified: true,
})

export interface OpenidGuard extends AsyncDisposable {
  readonly origin: string
  readonly provider: TestProvider
  readonly users: Map<string, string>
  /** What the operator was told. */
  readonly notes: string[]
  readonly log: AccessLogEntry[]
}

export async function startOpenidGuard({
  mapping = {},
  prefix = '',
  client,
  now = Date.now,
}: OpenidGuardSetup = {}): Promise<OpenidGuard> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const isPublic = client === 'public'
  const provider = await startProvider(
    origin + prefix,
    isPublic ? { token_endpoint_auth_method: 'none' } : { client_secret: CLIENT_SECRET },
  )
  const users = new Map([
    ['ann@example.com', '*'],
    ['alice', await hashPassword(PASSWORD, { format: 'sha1' })],
  ])
  const source = { get: (name: string | Uint8Array) => users.get(String(name)), users: () => users.keys() }
  const authenticator = new Authenticator(source)
  const notes: string[] = []
  const log: AccessLogEntry[] = []
  const trusted = new Provider(provider.issuer, { now })
  const signIn = new ProviderSignIn({
    provider: trusted,
    clientId: CLIENT_ID,
    clientSecret: isPublic ? undefined : CLIENT_SECRET,
    redirectUri: new URL(`${origin}${prefix}/.htpasswd/oidc/callback`),
    afterSignOut: new URL(`${origin}${prefix}/.htpasswd/logout`),
    secrets: [SECRET],
    source,
    mapping,
    now,
  })
  const guard = createGuard(
    {
      authenticator,
      prefix,
      upstream: (req, res) =>
        res.end(`hello ${req.headers['x-forwarded-user']} of ${req.headers['x-forwarded-groups']}`),
      jwt: new JwtAuthenticator({
        issuers: [{ provider: trusted, audiences: [AUDIENCE] }],
        source,
        mapping,
        now,
      }),
      userHeader: 'X-Forwarded-User',
      groupsHeader: 'X-Forwarded-Groups',
      login: { secret: SECRET, publicUrl: origin },
      log: entry => log.push(entry),
    },
    { login: { external: externalSignIn(signIn, text => notes.push(text)), now } },
  )
  await once(guard.server.listen(port, '127.0.0.1'), 'listening')
  return {
    origin: origin + prefix,
    provider,
    users,
    notes,
    log,
    async [Symbol.asyncDispose]() {
      await guard.close(0)
      await authenticator.close()
      await provider[Symbol.asyncDispose]()
    },
  }
}

/** The whole way, from the button. */
export const signInAs = ({ origin }: OpenidGuard, name: string, options: SignInOptions = {}) =>
  signInAtProvider(origin, name, options)
