// A real, certified identity provider in this process (npm oidc-provider), with the pages that it has for trying it out.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import Provider from 'oidc-provider'
import { listen, portOf } from './test-guard.ts'
import { WebClient, type WebReply } from './web-client.ts'

export const CLIENT_ID = 'mlflow'
export const CLIENT_SECRET = 'a secret of 32 characters, or so!'
/** A program that gets access tokens for the guard's app, which name ann. */
export const JOB_ID = 'nightly-job'
export const AUDIENCE = 'https://mlflow.example'

export interface TestProvider extends AsyncDisposable {
  readonly issuer: string
  readonly port: number
  /** What `findAccount` says of an account besides `sub`; by default an e-mail address that is verified. */
  readonly accounts: Map<string, Record<string, unknown>>
  /** Answers a request in the provider's place; undefined leaves it to the provider. */
  intercept: ((req: IncomingMessage, res: ServerResponse) => boolean) | undefined
  /** Every path that was asked for, with its method. */
  readonly asked: string[]
  /** Every form that it sent: logout tokens. */
  readonly sent: URLSearchParams[]
  /** A token with its key, of a kind that it does not send here. */
  sign(claims: JWTPayload): Promise<string>
  /** How long the tokens of jobs are valid, in seconds. */
  jobSeconds: number
}

/** @param app the address of the guard that people type. */
export async function startProvider(
  app: string,
  client: Record<string, unknown> = { client_secret: CLIENT_SECRET },
): Promise<TestProvider> {
  const server: Server = await listen(createServer())
  const issuer = `http://127.0.0.1:${portOf(server)}`
  const accounts = new Map<string, Record<string, unknown>>()
  const asked: string[] = []
  const sent: URLSearchParams[] = []
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        redirect_uris: [`${app}/.htpasswd/oidc/callback`],
        post_logout_redirect_uris: [`${app}/.htpasswd/logout`],
        backchannel_logout_uri: `${app}/.htpasswd/oidc/backchannel-logout`,
        backchannel_logout_session_required: true,
        ...client,
      },
      {
        client_id: JOB_ID,
        client_secret: CLIENT_SECRET,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'], profile: ['name'] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    // its own dispatcher refuses loopback addresses
    fetch: (url: URL, { dispatcher: _, ...options }: RequestInit & { dispatcher: unknown }) => {
      sent.push(new URLSearchParams(String(options.body)))
      return fetch(url, options)
    },
    cookies: { keys: ['one key of the tests'] },
    features: {
      backchannelLogout: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({ scope: '', audience: AUDIENCE, accessTokenFormat: 'jwt' }),
      },
    },
    extraTokenClaims: () => ({ email: 'ann@example.com', email_verified: true }),
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'first' }] },
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: `${id}@example.com`,
        email_verified: true,
        groups: ['lab'],
        ...accounts.get(id),
      }),
    }),
    renderError: (ctx: { body: string }, out: { error: string; error_description?: string }) => {
      ctx.body = `${out.error}: ${out.error_description}`
    },
    ttl: {
      Session: 3600,
      Grant: 3600,
      Interaction: 600,
      IdToken: 3600,
      AccessToken: 3600,
      ClientCredentials: () => test.jobSeconds,
    },
  })
  const respond = provider.callback()
  const test: TestProvider = {
    issuer,
    port: portOf(server),
    accounts,
    intercept: undefined,
    asked,
    sent,
    sign: claims => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'first' }).sign(privateKey),
    jobSeconds: 600,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    asked.push(`${req.method} ${req.url?.split('?')[0]}`)
    if (test.intercept?.(req, res) !== true) respond(req, res)
  })
  return test
}

export interface SignInOptions {
  readonly web?: WebClient
  readonly next?: string
}

/** The whole way, from the button of a guard over the provider's pages to where the guard leads. */
export async function signInAtProvider(
  guard: string,
  name: string,
  { web = new WebClient(), next = '/' }: SignInOptions = {},
): Promise<{ readonly web: WebClient; readonly page: WebReply }> {
  const start = await web.open(`${guard}/.htpasswd/oidc/start?next=${encodeURIComponent(next)}`)
  const login = await web.submit(start.url, { prompt: 'login', login: name, password: 'any' })
  // the page that asks for consent
  const isAsked = login.url.pathname.startsWith('/interaction/')
  return { web, page: isAsked ? await web.submit(login.url, { prompt: 'consent' }) : login }
}
