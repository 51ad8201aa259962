// Checks the options of a guard, in one place, and fills in the defaults.
import type { RequestListener } from 'node:http'
import type { AccessPolicy } from '../../access/policy.ts'
import { groupsOf } from '../../access/rules.ts'
import { Authenticator } from '../../auth/authenticator.ts'
import type { Identity } from '../../auth/identity.ts'
import { TokenAuthenticator } from '../../auth/tokens/token-authenticator.ts'
import { checkInteger, HtpasswdError, rejectUnknownKeys } from '../../errors.ts'
import { parseUpstreamUrl } from '../client/upstream-url.ts'
import { type ResolvedLogin, resolveLogin } from '../login/options.ts'
import { createErrorResponses, type ErrorResponder } from '../pages/error-responses.ts'
import { checkLanguage } from '../pages/texts.ts'
import { checkDropHeader, checkGroupsHeader, checkUserHeader, withoutAliases } from '../proxy/header-lists.ts'
import { checkUpgradeProtocol } from '../proxy/upgrade.ts'
import type { AccessLogEntry } from './access-log.ts'
import { type AnswerOptions, checkProxyName, type ProxyName } from './auth-endpoint.ts'
import { checkOrigin } from './cross-site.ts'
import type { GuardOptions, GuardParts, TlsCertificate } from './options.ts'
import { checkAllowPath, checkPrefix } from './route.ts'
import { tlsPolicy } from './tls-policy.ts'

/** The options, checked and with their defaults. */
export interface ResolvedGuardOptions {
  readonly authenticator: Authenticator
  readonly upstream: URL | RequestListener
  /** Undefined: only the scope of the credentials counts. */
  readonly access: AccessPolicy | undefined
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
  /** All groups of a user; undefined if the app does not get them. */
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
      '"upstream" expected a URL such as http://127.0.0.1:5000 or unix:/run/app.sock, or a request listener',
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
        { authenticator, look, groupsOf: allGroups, tokensPath: tokens?.path },
        parts.login,
      ),
    upstream: typeof upstream === 'function' ? upstream : parseUpstreamUrl(upstream, '"upstream"'),
    access: options.access,
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
  "MLflow's Python client takes the login from the environment:\n" +
  '  MLFLOW_TRACKING_USERNAME=<user name>\n' +
  '  MLFLOW_TRACKING_PASSWORD=<password>'

const hintFor = ({ tokens }: GuardOptions): string =>
  tokens === undefined ? MLFLOW_HINT : `${MLFLOW_HINT}\n  or only MLFLOW_TRACKING_TOKEN=<token>`

/** Without an app, only the guard's own endpoints respond. */
const noApp =
  (errorResponse: ErrorResponder): RequestListener =>
  (req, res) => {
    const { status, headers, body } = errorResponse('not-found', req.headers.accept)
    res.writeHead(status, headers).end(body)
  }

/** A number of connections, or of milliseconds: at most the largest delay of a timer. */
const checkNumber = (name: string, value: number): number => checkInteger(name, value, 0, 2 ** 31 - 1)
