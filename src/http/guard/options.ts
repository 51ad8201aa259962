// The options of a guard: their types, and the one place where they are checked.
import type { RequestListener } from 'node:http'
import type { AccessPolicy } from '../../access/policy.ts'
import { createPolicy, type GroupLookup, groupsOf } from '../../access/rules.ts'
import type { AuthResult } from '../../auth/auth-result.ts'
import { type AuthContext, Authenticator } from '../../auth/authenticator.ts'
import type { Identity } from '../../auth/identity.ts'
import { TokenAuthenticator } from '../../auth/tokens/token-authenticator.ts'
import { HtpasswdError, rejectUnknownKeys } from '../../errors.ts'
import { parseUpstreamUrl } from '../client/upstream-url.ts'
import { type LoginOptions, type LoginParts, type ResolvedLogin, resolveLogin } from '../login/options.ts'
import { createErrorResponses, type ErrorResponder } from '../pages/error-responses.ts'
import { type Language, languages } from '../pages/texts.ts'
import { checkDropHeader, checkGroupsHeader, checkUserHeader, withoutAliases } from '../proxy/header-lists.ts'
import { checkUpgradeProtocol } from '../proxy/upgrade.ts'
import type { AccessLogEntry } from './access-log.ts'
import { type AnswerOptions, checkProxyName, type ProxyName } from './auth-endpoint.ts'
import { checkOrigin } from './cross-site.ts'
import { checkAllowPath, checkPrefix } from './route.ts'
import { tlsPolicy } from './tls-policy.ts'

/** The certificate of a guard that serves HTTPS, as PEM text. */
export interface TlsCertificate {
  /** The server's certificate, followed by its chain. */
  readonly cert: string | Buffer
  /** The private key of the server's certificate, without a passphrase. */
  readonly key: string | Buffer
}

/** The options of `createGuard`; `authenticator` and `upstream` or `authEndpoints` are required. */
export interface GuardOptions {
  /** Checks users and passwords. The guard does not dispose of it: do that after `close`. */
  readonly authenticator: Authenticator
  /**
   * The app: its `http:` or `https:` origin, or a request listener in this process. It may be left out where
   * `authEndpoints` is given: then every other address is 404.
   */
  readonly upstream?: string | URL | RequestListener | undefined
  /** Decides which user may do what; a request that it refuses gets 403. Default: every user may do everything. */
  readonly access?: AccessPolicy | undefined
  /** The groups of users, besides those that a login brings: for `groupsHeader`. Default: none. */
  readonly groups?: GroupLookup | undefined
  /** Verifies personal access tokens. Default: none is accepted. */
  readonly tokens?: TokenAuthenticator | undefined
  /** The realm of the challenge, which a login prompt may show. Default: `Restricted`. */
  readonly realm?: string | undefined
  /** Whom people can ask, on the pages about errors: a name, an e-mail address, a URL. Default: nobody by name. */
  readonly contact?: string | undefined
  /** The language of the pages: `en`, `de` or `fr`. Default: `en`. Programs get English. */
  readonly lang?: Language | undefined
  /**
   * A page to sign in on, with a session cookie, in place of the browser's password dialog; programs go on sending user
   * name and password. Default: none.
   */
  readonly login?: LoginOptions | undefined
  /** Serves HTTPS with this certificate. */
  readonly tls?: TlsCertificate | undefined
  /** Paths that need no login, for GET and HEAD; compared exactly with the request's path. Default: none. */
  readonly allowPaths?: readonly string[] | undefined
  /** Other origins (`https://notebook.example`) whose pages may send requests with a user's login (CORS). Default: none. */
  readonly allowOrigins?: readonly string[] | undefined
  /** The path below which the app is served, such as `/mlflow`; it is removed from the target for the app. Default: none. */
  readonly prefix?: string | undefined
  /** The header in which the app gets the user's name, such as `X-Forwarded-User`. Default: it gets none. */
  readonly userHeader?: string | undefined
  /**
   * The header in which the app gets the user's groups, separated by commas, such as `X-Forwarded-Groups`. Default: it
   * gets none.
   */
  readonly groupsHeader?: string | undefined
  /** Passes `Authorization` on to the app. Default: false, because the app could pass the password on. */
  readonly forwardAuth?: boolean | undefined
  /** Passes the client's `Host` on to the app, instead of the upstream's own. Default: false. */
  readonly preserveHost?: boolean | undefined
  /**
   * Tells the app the public address in `X-Forwarded-Host` and `X-Forwarded-Proto`, for apps that build their links from
   * these, such as Gradio. Default: false; `X-Forwarded-Proto` then fits the `Host` that is sent.
   */
  readonly forwardedHost?: boolean | undefined
  /** Further headers of clients that the app must not get. Default: none beyond those that name a client or user. */
  readonly dropHeaders?: readonly string[] | undefined
  /** Protocols besides `websocket` that a connection may switch to, such as `tcp` for Docker. Default: none. */
  readonly allowUpgrades?: readonly string[] | undefined
  /** Addresses and CIDR blocks of proxies in front, also `loopback` and `private`, whose `X-Forwarded-*` headers are trusted. Default: none. */
  readonly trustProxy?: readonly string[] | undefined
  /**
   * Idle timeout of the app in milliseconds, while it should read a request or send a response; 0 is no limit. The time
   * in which the client is slow does not count. Default: 0.
   */
  readonly upstreamTimeout?: number | undefined
  /**
   * Connections to the app that may be open at a time; further requests wait up to 10 seconds, then get 503. 0 is no
   * limit. Default: 2048.
   */
  readonly maxUpstreamConnections?: number | undefined
  /** Connections without a login that one address may have open at a time; 0 is no limit. Default: 100. */
  readonly maxConnectionsPerAddress?: number | undefined
  /**
   * Proxies in front that ask at `/.htpasswd/auth/NAME` whether they may forward a request: `nginx`, `traefik`, `caddy`,
   * `envoy`, `haproxy`. Only peers of `trustProxy` may ask. Default: none.
   */
  readonly authEndpoints?: readonly ProxyName[] | undefined
  /** Whether `/.htpasswd/ready` also asks if the app accepts connections. Default: false, so that users see the error. */
  readonly readyUpstream?: boolean | undefined
  /** Verifies the JSON Web Tokens of `Authorization: Bearer`. Default: none is accepted. */
  readonly jwt?: { decide(token: string, context: AuthContext): AuthResult | Promise<AuthResult> } | undefined
  /** Called once for each finished request; an error that it throws becomes a process warning. Default: no log. */
  readonly log?: ((entry: AccessLogEntry) => void) | undefined
}

/** What a process or a test replaces. */
export interface GuardParts {
  readonly login?: LoginParts | undefined
}

/** The options, checked and with their defaults. */
export interface ResolvedGuardOptions {
  readonly authenticator: Authenticator
  readonly upstream: URL | RequestListener
  readonly access: AccessPolicy
  readonly errorResponse: ErrorResponder
  /** The sign-in page; undefined without one. */
  readonly login: ResolvedLogin | undefined
  readonly tokens: TokenAuthenticator | undefined
  readonly tls: TlsCertificate | undefined
  readonly allowPaths: ReadonlySet<string>
  readonly allowOrigins: ReadonlySet<string>
  readonly prefix: string
  readonly userHeader: string | undefined
  readonly groupsHeader: string | undefined
  /** All groups of a user; undefined where the app is not told. */
  readonly groupsOf: ((identity: Identity) => readonly string[]) | undefined
  readonly forwardAuth: boolean
  readonly preserveHost: boolean
  readonly forwardedHost: boolean
  readonly dropHeaders: readonly string[]
  readonly allowUpgrades: readonly string[]
  readonly trustProxy: readonly string[]
  readonly upstreamTimeout: number
  readonly maxUpstreamConnections: number
  readonly maxConnectionsPerAddress: number
  readonly readyUpstream: boolean
  readonly jwt: GuardOptions['jwt']
  readonly authEndpoints: ReadonlySet<ProxyName>
  readonly answer: AnswerOptions
  readonly log: ((entry: AccessLogEntry) => void) | undefined
}

const known: readonly (keyof GuardOptions)[] = [
  'authenticator',
  'upstream',
  'access',
  'groups',
  'tokens',
  'realm',
  'contact',
  'lang',
  'login',
  'tls',
  'allowPaths',
  'allowOrigins',
  'prefix',
  'userHeader',
  'groupsHeader',
  'forwardAuth',
  'preserveHost',
  'forwardedHost',
  'dropHeaders',
  'allowUpgrades',
  'trustProxy',
  'upstreamTimeout',
  'maxUpstreamConnections',
  'maxConnectionsPerAddress',
  'authEndpoints',
  'readyUpstream',
  'jwt',
  'log',
]

/** Checks the options. @throws HtpasswdError `ERR_OPTION` for one that is missing, unknown or invalid. */
export function resolveGuardOptions(options: GuardOptions, parts: GuardParts = {}): ResolvedGuardOptions {
  rejectUnknownKeys('GuardOptions', options, known)
  const { authenticator, tokens, userHeader, groupsHeader } = options
  const allGroups = (identity: Identity): readonly string[] => groupsOf(identity, options.groups)
  const authEndpoints = new Set((options.authEndpoints ?? []).map(checkProxyName))
  const trustProxy = [...(options.trustProxy ?? [])]
  const realm = options.realm ?? 'Restricted'
  const contact = options.contact === '' ? undefined : options.contact
  const lang = checkLanguage(options.lang ?? 'en')
  const prefix = checkPrefix(options.prefix ?? '')
  const look = { realm, contact, lang, prefix }
  const errorResponse = createErrorResponses({ realm, hint: hintFor(options), contact, lang })
  const upstream = options.upstream ?? (authEndpoints.size > 0 ? noApp(errorResponse) : undefined)
  if (!(authenticator instanceof Authenticator)) {
    throw new HtpasswdError('ERR_OPTION', '"authenticator" expected an Authenticator')
  }
  if (tokens !== undefined && !(tokens instanceof TokenAuthenticator)) {
    throw new HtpasswdError('ERR_OPTION', '"tokens" expected a TokenAuthenticator')
  }
  if (groupsHeader !== undefined && withoutAliases(groupsHeader) === withoutAliases(userHeader ?? '')) {
    throw new HtpasswdError(
      'ERR_OPTION',
      `"groupsHeader" expected another header than "userHeader", got ${JSON.stringify(groupsHeader)}`,
    )
  }
  if (upstream === undefined) {
    throw new HtpasswdError(
      'ERR_OPTION',
      '"upstream" expected a URL such as http://127.0.0.1:5000, or a request listener',
    )
  }
  if (authEndpoints.size > 0 && trustProxy.length === 0) {
    throw new HtpasswdError(
      'ERR_OPTION',
      '"authEndpoints" needs "trustProxy" with the addresses of the proxies that ask, got none',
    )
  }
  return {
    authenticator,
    login:
      options.login &&
      resolveLogin(
        options.login,
        { authenticator, look, groupsOf: allGroups, hasTokens: tokens !== undefined },
        parts.login,
      ),
    upstream: typeof upstream === 'function' ? upstream : parseUpstreamUrl(upstream, '"upstream"'),
    // without rules, what remains is the scope of a token that may only read
    access: options.access ?? createPolicy({}),
    errorResponse,
    tokens,
    tls: options.tls && tlsPolicy(options.tls),
    allowPaths: new Set((options.allowPaths ?? []).map(checkAllowPath)),
    allowOrigins: new Set((options.allowOrigins ?? []).map(checkOrigin)),
    prefix,
    userHeader: userHeader === undefined ? undefined : checkUserHeader(userHeader),
    groupsHeader: groupsHeader === undefined ? undefined : checkGroupsHeader(groupsHeader),
    groupsOf: groupsHeader === undefined ? undefined : allGroups,
    forwardAuth: options.forwardAuth ?? false,
    preserveHost: options.preserveHost ?? false,
    forwardedHost: options.forwardedHost ?? false,
    dropHeaders: (options.dropHeaders ?? []).map(checkDropHeader),
    allowUpgrades: (options.allowUpgrades ?? []).map(checkUpgradeProtocol),
    trustProxy,
    upstreamTimeout: checkNumber('upstreamTimeout', options.upstreamTimeout ?? 0),
    maxUpstreamConnections:
      checkNumber('maxUpstreamConnections', options.maxUpstreamConnections ?? 2048) || Infinity,
    maxConnectionsPerAddress: checkNumber(
      'maxConnectionsPerAddress',
      options.maxConnectionsPerAddress ?? 100,
    ),
    readyUpstream: options.readyUpstream ?? false,
    jwt: options.jwt,
    authEndpoints,
    answer: {
      userHeader: userHeader ?? 'Remote-User',
      groupsHeader: groupsHeader ?? 'Remote-Groups',
      groupsOf: allGroups,
    },
    log: options.log,
  }
}

// under 300 bytes with the sentence before it: MLflow's client prints the whole body
const MLFLOW_HINT =
  "MLflow's Python client takes them from the environment:\n" +
  '  MLFLOW_TRACKING_USERNAME=<user name>\n' +
  '  MLFLOW_TRACKING_PASSWORD=<password>'

const hintFor = ({ tokens }: GuardOptions): string =>
  tokens === undefined ? MLFLOW_HINT : `${MLFLOW_HINT}\n  or only MLFLOW_TRACKING_TOKEN=<token>`

function checkLanguage(lang: Language): Language {
  if (languages.includes(lang)) return lang
  throw new HtpasswdError(
    'ERR_OPTION',
    `"lang" expected one of ${languages.join(', ')}, got ${JSON.stringify(lang)}`,
  )
}

/** Where no app is behind the guard: only its own endpoints respond. */
const noApp =
  (errorResponse: ErrorResponder): RequestListener =>
  (req, res) => {
    const { status, headers, body } = errorResponse('not-found', req.headers.accept)
    res.writeHead(status, headers).end(body)
  }

function checkNumber(name: string, value: number): number {
  // the largest delay of a timer
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 31) {
    throw new HtpasswdError(
      'ERR_OPTION',
      `"${name}" expected an integer from 0 to ${2 ** 31 - 1}, got ${String(value)}`,
    )
  }
  return value
}
