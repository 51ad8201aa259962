// What the middlewares share: their options, and the users that they check.
import { Authenticator } from '../../auth/authenticator.ts'
import {
  type AuthenticatorOptions,
  authenticatorOptionNames,
  createWarning,
} from '../../auth/authenticator-options.ts'
import { TokenAuthenticator } from '../../auth/tokens/token-authenticator.ts'
import type { Users } from '../../auth/user-source.ts'
import { HtpasswdError, rejectUnknownKeys } from '../../errors.ts'
import { checkAllowPath } from '../guard/route.ts'
import { type AccessOptions, createPermissions, type FindPermission } from './access.ts'
import type { BasicAuthRefusal, CustomResponse } from './refusal.ts'

/**
 * How the middlewares ask for a login. `Request` is the request of the framework: for Hono its context.
 */
export interface BasicAuthOptions<Request = unknown> extends AccessOptions {
  /** What the login prompt may show. Default: `Restricted`. */
  readonly realm?: string | undefined
  /** Appended to the plain text of a 401, which programs get: such as how they send credentials. Default: none. */
  readonly hint?: string | undefined
  /**
   * Personal access tokens that are accepted: the path of their file, by convention that of the password file with
   * `.tokens` appended, or a `TokenAuthenticator` with the same `Authenticator`. Default: none.
   */
  readonly tokens?: string | TokenAuthenticator | undefined
  /**
   * Paths that need no login, for GET and HEAD; compared exactly with the path of the request, also below a router that is
   * mounted elsewhere. Default: none.
   */
  readonly allowPaths?: readonly string[] | undefined
  /**
   * The client's address, by which failed logins are counted; undefined counts them by user name only. Behind a proxy that
   * is the address which the proxy tells, and never a header that clients can send themselves. Default: what the
   * framework says (`req.ip` of Express and Fastify, which follow their own setting for proxies), else the socket's.
   */
  address?(request: Request): string | undefined
  /**
   * The response to a request that is refused, in place of the default one or of parts of it; undefined for the default.
   */
  respond?(
    refusal: BasicAuthRefusal,
    request: Request,
  ): CustomResponse | undefined | Promise<CustomResponse | undefined>
}

/** Where the users of a middleware come from: one of three. */
export type BasicAuthUsers =
  /** The path of a password file, which is looked up at each request. */
  | { readonly file: string; readonly users?: undefined; readonly authenticator?: undefined }
  /** Stored hashes in memory, or a function that returns them. */
  | { readonly users: Users; readonly file?: undefined; readonly authenticator?: undefined }
  /** An authenticator that is used elsewhere as well. */
  | { readonly authenticator: Authenticator; readonly file?: undefined; readonly users?: undefined }

/** Users, how a middleware asks for a login, and the limits of its `Authenticator`, in one object. */
export type BasicAuthSetup<Request = unknown> = BasicAuthUsers &
  BasicAuthOptions<Request> &
  AuthenticatorOptions

/** The user whose password was right. */
export interface AuthenticatedUser {
  /** The user name, as text. */
  readonly user: string
  /** The user's groups, of the option `groups`. */
  readonly groups: readonly string[]
}

/** What a middleware keeps open. */
export interface Closable extends AsyncDisposable {
  /** Ends the worker threads of the authenticator that was made here; one that was given stays open. */
  close(): Promise<void>
}

/** The options, checked, with an authenticator. */
export interface ResolvedBasicAuth<Request> {
  readonly authenticator: Authenticator
  readonly tokens: TokenAuthenticator | undefined
  readonly options: BasicAuthOptions<Request>
  readonly allowPaths: ReadonlySet<string>
  readonly permissionOf: FindPermission
  close(): Promise<void>
}

const optionNames = [
  'realm',
  'hint',
  'tokens',
  'allowPaths',
  'rules',
  'groups',
  'address',
  'respond',
] as const
const userNames = ['file', 'users', 'authenticator'] as const

/**
 * Checks what a middleware was given, once.
 *
 * @throws HtpasswdError `ERR_OPTION` for anything that is unknown or invalid; what `Authenticator.fromFile` throws.
 */
export function resolveBasicAuth<Request>(
  given: Authenticator | BasicAuthSetup<Request>,
  options: BasicAuthOptions<Request> = {},
): ResolvedBasicAuth<Request> {
  if (given instanceof Authenticator) {
    rejectUnknownKeys('BasicAuthOptions', options, optionNames)
    return withTokens(given, async () => {}, options, createWarning())
  }
  const setup = checkSetup(given)
  if (Object.keys(options).length > 0)
    throw new HtpasswdError('ERR_OPTION', 'basicAuth expected users and options in one object, got two')
  const [own, onError] = [pick(setup, optionNames), setup.onError ?? createWarning()]
  if (setup.authenticator !== undefined) return withTokens(setup.authenticator, async () => {}, own, onError)
  const limits = pick(setup, authenticatorOptionNames)
  const authenticator =
    setup.file === undefined
      ? new Authenticator(setup.users, limits)
      : Authenticator.fromFile(setup.file, limits)
  return withTokens(authenticator, () => authenticator.close(), own, onError)
}

/** Opens a token file that was named; a `TokenAuthenticator` that was given stays open at the end. */
function withTokens<Request>(
  authenticator: Authenticator,
  closeAuthenticator: () => Promise<void>,
  options: BasicAuthOptions<Request>,
  onError: (error: unknown) => void,
): ResolvedBasicAuth<Request> {
  const checked = checkOptions(options, onError)
  const { tokens: given } = options
  if (given !== undefined && typeof given !== 'string' && !(given instanceof TokenAuthenticator))
    throw new HtpasswdError('ERR_OPTION', '"tokens" expected the path of a file, or a TokenAuthenticator')
  const tokens =
    typeof given === 'string' ? TokenAuthenticator.fromFile(authenticator, given, { onError }) : given
  const close = async (): Promise<void> => {
    if (typeof given === 'string') await tokens?.close()
    await closeAuthenticator()
  }
  return { authenticator, tokens, close, ...checked }
}

function checkSetup<Request>(given: BasicAuthSetup<Request>): BasicAuthSetup<Request> {
  const isPlain =
    typeof given === 'object' && given !== null && Object.getPrototypeOf(given) === Object.prototype
  if (!isPlain)
    throw new HtpasswdError(
      'ERR_OPTION',
      "basicAuth expected an Authenticator, { file: 'users' } or { users: … }",
    )
  rejectUnknownKeys('basicAuth', given, [...userNames, ...optionNames, ...authenticatorOptionNames])
  const present = userNames.filter(name => given[name] !== undefined)
  if (present.length !== 1) {
    const found = present.length === 0 ? 'none' : present.map(name => `"${name}"`).join(' and ')
    throw new HtpasswdError(
      'ERR_OPTION',
      `basicAuth expected one of "file", "users" and "authenticator", got ${found}`,
    )
  }
  if (given.authenticator === undefined) return given
  if (!(given.authenticator instanceof Authenticator))
    throw new HtpasswdError('ERR_OPTION', '"authenticator" expected an Authenticator')
  const limit = authenticatorOptionNames.find(name => given[name] !== undefined)
  if (limit !== undefined)
    throw new HtpasswdError('ERR_OPTION', `"${limit}" is an option of the Authenticator that was given`)
  return given
}

function checkOptions<Request>(
  options: BasicAuthOptions<Request>,
  report: (error: unknown) => void,
): Pick<ResolvedBasicAuth<Request>, 'options' | 'allowPaths' | 'permissionOf'> {
  const { allowPaths = [] } = options
  if (!Array.isArray(allowPaths))
    throw new HtpasswdError('ERR_OPTION', '"allowPaths" expected an array of paths')
  for (const name of ['address', 'respond'] as const) {
    const value: unknown = options[name]
    if (value !== undefined && typeof value !== 'function')
      throw new HtpasswdError('ERR_OPTION', `"${name}" expected a function, got ${typeof value}`)
  }
  return {
    options,
    allowPaths: new Set(allowPaths.map(checkAllowPath)),
    permissionOf: createPermissions(options, report),
  }
}

const pick = <T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> =>
  Object.fromEntries(names.filter(name => from[name] !== undefined).map(name => [name, from[name]])) as Pick<
    T,
    K
  >
