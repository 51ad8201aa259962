// Checks what a middleware was given, once, and opens its files.
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
import { type Access, createAccess } from './access.ts'
import type { BasicAuthOptions, BasicAuthSetup, MiddlewareOptions } from './options.ts'

/** What every middleware is made of. */
export interface MiddlewareParts {
  readonly authenticator: Authenticator
  readonly tokens: TokenAuthenticator | undefined
  readonly access: Access
  readonly allowPaths: ReadonlySet<string>
  /** Closes what was opened here; an `Authenticator` or a `TokenAuthenticator` that was given stays open. */
  close(): Promise<void>
}

/** Users, the options that every middleware has, and the limits of an `Authenticator`, not checked yet. */
export interface MiddlewareSetup<Request> extends MiddlewareOptions<Request>, AuthenticatorOptions {
  readonly file?: string | undefined
  readonly users?: Users | undefined
  readonly authenticator?: Authenticator | undefined
}

const userNames = ['file', 'users', 'authenticator'] as const

const middlewareOptionNames = [
  'realm',
  'tokens',
  'allowPaths',
  'rules',
  'groups',
  'address',
] as const satisfies readonly (keyof MiddlewareOptions)[]

/** Those that an object with the users has as well. */
export const setupNames = [...userNames, ...middlewareOptionNames, ...authenticatorOptionNames]

const basicAuthNames = [...middlewareOptionNames, 'hint', 'respond'] as const

/**
 * @throws HtpasswdError `ERR_OPTION` for anything that is unknown or invalid; what `Authenticator.fromFile` throws.
 */
export function resolveBasicAuth<Request>(
  given: Authenticator | BasicAuthSetup<Request>,
  options: BasicAuthOptions<Request> = {},
): MiddlewareParts & { readonly options: BasicAuthOptions<Request> } {
  if (given instanceof Authenticator) {
    rejectUnknownKeys('BasicAuthOptions', options, basicAuthNames)
    checkFunctions(options, ['respond'])
    return { options, ...openParts({ ...options, authenticator: given }, createWarning()) }
  }
  const isPlain =
    typeof given === 'object' && given !== null && Object.getPrototypeOf(given) === Object.prototype
  if (!isPlain)
    throw new HtpasswdError(
      'ERR_OPTION',
      "basicAuth expected an Authenticator, { file: 'users' } or { users: … }",
    )
  rejectUnknownKeys('basicAuth', given, [...setupNames, ...basicAuthNames])
  if (Object.keys(options).length > 0)
    throw new HtpasswdError('ERR_OPTION', 'basicAuth expected users and options in one object, got two')
  checkFunctions(given, ['respond'])
  checkUsers('basicAuth', given)
  return { options: given, ...openParts(given, given.onError ?? createWarning()) }
}

/** @throws HtpasswdError `ERR_OPTION` unless there are users of one kind. */
export function checkUsers(
  middleware: string,
  given: { readonly [Name in (typeof userNames)[number]]?: unknown },
): void {
  const present = userNames.filter(name => given[name] !== undefined)
  if (present.length === 1) return
  const found = present.length === 0 ? 'none' : present.map(name => `"${name}"`).join(' and ')
  throw new HtpasswdError(
    'ERR_OPTION',
    `${middleware} expected one of "file", "users" and "authenticator", got ${found}`,
  )
}

/** @throws HtpasswdError as `resolveBasicAuth`. */
export function openParts<Request>(
  setup: MiddlewareSetup<Request>,
  onError: (error: unknown) => void,
): MiddlewareParts {
  const { allowPaths = [], tokens: given } = setup
  if (!Array.isArray(allowPaths))
    throw new HtpasswdError('ERR_OPTION', '"allowPaths" expected an array of paths')
  checkFunctions(setup, ['address'])
  if (given !== undefined && typeof given !== 'string' && !(given instanceof TokenAuthenticator))
    throw new HtpasswdError('ERR_OPTION', '"tokens" expected the path of a file, or a TokenAuthenticator')
  const access = createAccess(setup, onError)
  const openPaths = new Set(allowPaths.map(checkAllowPath))
  const authenticator = openAuthenticator(setup)
  const tokens =
    typeof given === 'string' ? TokenAuthenticator.fromFile(authenticator, given, { onError }) : given
  const close = async (): Promise<void> => {
    if (typeof given === 'string') await tokens?.close()
    if (setup.authenticator === undefined) await authenticator.close()
  }
  return { authenticator, tokens, access, allowPaths: openPaths, close }
}

function openAuthenticator<Request>(setup: MiddlewareSetup<Request>): Authenticator {
  const { authenticator, users, file } = setup
  const limits = pick(setup, authenticatorOptionNames)
  if (authenticator === undefined)
    return users === undefined
      ? Authenticator.fromFile(file as string, limits)
      : new Authenticator(users, limits)
  if (!(authenticator instanceof Authenticator))
    throw new HtpasswdError('ERR_OPTION', '"authenticator" expected an Authenticator')
  const [limit] = Object.keys(limits)
  if (limit !== undefined)
    throw new HtpasswdError('ERR_OPTION', `"${limit}" is an option of the Authenticator that was given`)
  return authenticator
}

function checkFunctions(options: object, names: readonly string[]): void {
  for (const name of names) {
    const value: unknown = Reflect.get(options, name)
    if (value !== undefined && typeof value !== 'function')
      throw new HtpasswdError('ERR_OPTION', `"${name}" expected a function, got ${typeof value}`)
  }
}

export const pick = <T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> =>
  Object.fromEntries(names.filter(name => from[name] !== undefined).map(name => [name, from[name]])) as Pick<
    T,
    K
  >
